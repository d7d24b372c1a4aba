// Writes openapi/accuracy.md: the worst errors of float32 answers, ours beside those of PyTorch's own float32, on the
// operands of the golden vectors. The test suite fails when what is committed is not what the service gives.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { buildApp } from '../../src/app.js'
import type { Entry } from '../../src/catalogue/define.js'
import { loadCatalogue } from '../../src/catalogue/index.js'
import { readConfig } from '../../src/config.js'
import { slackOf } from '../closeness.js'
import { ask, type Answer, type Service } from '../service.js'
import { numbersOf, valuesOf, type Nested } from '../values.js'
import { readVectors, requestOf, type Case, type Expected } from '../vectors.js'

/** Errors above which an answer has lost most of its digits, and up to which it has not. */
const LOST = 1000
const KEPT = 10
/** The least normal float32. */
const LEAST = 2 ** -126

/** Worst errors of a case or of a loss, in units in the last place. */
export interface Errors {
  readonly loss: number
  readonly gradients: number
  /** Whether something is not finite although the truth is. */
  readonly overflows: boolean
}

/** What is known of one loss; PyTorch's errors are null where its vectors do not tell them. */
export interface Accuracy {
  readonly id: string
  readonly ours: Errors
  readonly theirs: Errors | null
  /** Cases in which PyTorch alone overflows, or loses most digits; and all of them. */
  readonly overflows: number
  readonly cancels: number
  readonly cases: number
}

const NONE: Errors = { loss: 0, gradients: 0, overflows: false }

function worse (one: Errors, other: Errors): Errors {
  return {
    loss: Math.max(one.loss, other.loss),
    gradients: Math.max(one.gradients, other.gradients),
    overflows: one.overflows || other.overflows
  }
}

/** Measures every loss that has vectors. */
export async function measure (app: Service, entries: readonly Entry[]): Promise<Accuracy[]> {
  const found: Accuracy[] = []
  for (const entry of entries) {
    const cases = readVectors(entry.id)?.cases.filter(({ dtype }) => dtype === 'float32') ?? []
    if (entry.kind === 'loss' && cases.length > 0) found.push(await measureLoss(app, entry, cases))
  }
  return found
}

async function measureLoss (app: Service, entry: Entry, cases: readonly Case[]): Promise<Accuracy> {
  const pairs: (readonly [Errors, Errors | null])[] = []
  for (const vector of cases) pairs.push([await measureCase(app, entry, vector), theirsOf(vector)])
  const known = pairs.flatMap(([ours, theirs]) => theirs === null ? [] : [[ours, theirs] as const])
  return {
    id: entry.id,
    ours: pairs.map(([ours]) => ours).reduce(worse, NONE),
    theirs: known.length === 0 ? null : known.map(([, theirs]) => theirs).reduce(worse, NONE),
    overflows: known.filter(([ours, theirs]) => theirs.overflows && !ours.overflows).length,
    cancels: known.filter(([ours, theirs]) => isLost(theirs) && !isLost(ours, KEPT)).length,
    cases: pairs.length
  }
}

function isLost ({ loss, gradients }: Errors, most = LOST): boolean { return Math.max(loss, gradients) > most }

function theirsOf ({ float32 }: Case): Errors | null { return float32 === undefined ? null : { gradients: 0, ...float32 } }

/** Our errors: of the loss under none (of a large case under mean), of the gradients under both. */
async function measureCase (app: Service, entry: Entry, vector: Case): Promise<Errors> {
  const plain = vector.expected.filter(({ grad_output: upstream, reduction }) =>
    upstream === undefined && (reduction === 'none' || reduction === 'mean'))
  let errors = NONE
  for (const [number, expected] of plain.entries()) {
    const answer = await ask(app, entry, requestOf(vector, expected, entry.kind))
    if (number === 0) errors = worse(errors, { ...errorsOf(answer.loss, expected.loss!, expected.magnitude[0]), gradients: 0 })
    errors = worse(errors, gradientErrors(answer, expected))
  }
  return errors
}

function gradientErrors ({ gradients }: Answer, expected: Expected): Errors {
  const found = Object.entries(expected.gradients ?? {}).map(([slot, truth]) => errorsOf(gradients?.[slot], truth, expected.magnitude[1]))
  return found.map(({ loss, overflows }) => ({ loss: 0, gradients: loss, overflows })).reduce(worse, NONE)
}

/** Errors of a tensor, under the name of the loss's. */
function errorsOf (answer: Nested | undefined, expected: Nested, magnitude: number): Errors {
  const { data, at } = valuesOf(expected)
  const answered = numbersOf(answer)
  const slack = slackOf(magnitude)
  const errors = data.flatMap((truth, k) => {
    if (!Number.isFinite(Math.fround(truth))) return []
    const found = Math.fround(answered[at?.[k] ?? k]!)
    const error = Math.abs(found - truth)
    if (error <= slack) return []
    return [Number.isFinite(found) ? error / unitOf(Math.max(Math.abs(truth), slack, LEAST)) : Infinity]
  })
  return { ...NONE, loss: Math.max(0, ...errors.filter(Number.isFinite)), overflows: errors.includes(Infinity) }
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** One unit in the last place of the normal float32 next to `value`. */
function unitOf (value: number): number {
  float[0] = value
  return 2 ** ((bits[0]! >>> 23) - 150)
}

/** The page. */
export function report (found: readonly Accuracy[]): string {
  const rows = found.map(({ id, ours, theirs, ...counts }) =>
    [`\`${id}\``, shown(ours.loss), shown(ours.gradients), theirs ? shown(theirs.loss) : '', theirs ? shown(theirs.gradients) : '', remark(counts)])
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    '# How accurate float32 answers are\n',
    'The worst errors observed in the cases of the golden vectors, edges of the domain among them, in units in the last place of ' +
      'float32; correctly rounded numbers are within 0.5. The truth is what PyTorch answers in float64 to the same float32 operands; ' +
      '"PyTorch" is what it answers in float32 (where the loss is a composition of its functions, the composition). An error that ' +
      'the truth itself may have where float64 cancels counts as none; subnormal numbers are measured in units of the least normal. ' +
      `PyTorch cancels where it is wrong by more than ${LOST} units and we are not by more than ${KEPT}.\n`,
    'Renewed by `npm run accuracy:losses`.\n',
    line(['loss', 'our value', 'our gradient', 'PyTorch value', 'PyTorch gradient', 'PyTorch alone']),
    line(Array.from({ length: 6 }, () => '---')),
    ...rows.map(line)
  ].join('\n') + '\n'
}

/** Two digits. */
function shown (ulps: number): string {
  if (ulps >= 1e6) return ulps.toExponential(1)
  return ulps >= 100 ? String(Number(ulps.toPrecision(2))) : ulps.toPrecision(2)
}

function remark ({ overflows, cancels, cases }: Pick<Accuracy, 'overflows' | 'cancels' | 'cases'>): string {
  const parts = [overflows > 0 ? `overflows in ${overflows}` : '', cancels > 0 ? `cancels in ${cancels}` : ''].filter(part => part !== '')
  return parts.length === 0 ? '' : `${parts.join(', ')} of ${cases} cases`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const app = await buildApp(readConfig({ LOG_LEVEL: 'silent', WORKERS: '1', MEMORY_LIMIT: '64M' }))
  writeFileSync('openapi/accuracy.md', report(await measure(app, (await loadCatalogue()).entries)))
  await app.close()
}
