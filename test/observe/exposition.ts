// The text format of Prometheus, read back strictly, as its scrapers do.

/** A value under its name and labels, as `name{label="value"}`. */
export type Values = ReadonlyMap<string, number>

const NAME = '[a-zA-Z_][a-zA-Z0-9_]*'
const SAMPLE = new RegExp(`^(${NAME})(\\{${NAME}="[^"\\\\\\n]*"(?:,${NAME}="[^"\\\\\\n]*")*\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]\\d+)?|Na[Nn]|[+-]Inf)$`) // prom-client writes Nan, which Go reads
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`)

/** Reads a text. @throws Error at a line that is neither a sample of a metric that has a type, nor a comment */
export function readExposition (text: string): Values {
  const values = new Map<string, number>()
  const typed = new Set<string>()
  for (const line of text.split('\n').filter(line => line !== '')) {
    const comment = COMMENT.exec(line)
    if (comment !== null) typed.add(comment[2]!)
    else addSample(values, typed, line)
  }
  return values
}

function addSample (values: Map<string, number>, typed: ReadonlySet<string>, line: string): void {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
  if (name === undefined) throw new Error(`no sample: ${line}`)
  if (!typed.has(name) && !typed.has(name.replace(/_(?:bucket|sum|count)$/, ''))) throw new Error(`no type: ${line}`)
  if (values.has(name + labels)) throw new Error(`twice: ${line}`)
  values.set(name + labels, Number(value!.replace('Inf', 'Infinity')))
}

/** The sum of all values whose name and labels begin like that. */
export function total (values: Values, start: string): number {
  return [...values].reduce((sum, [key, value]) => key.startsWith(start) ? sum + value : sum, 0)
}
