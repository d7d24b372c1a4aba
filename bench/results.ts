// bench/RESULTS.md: one section for each command that was run, replaced when it is run again.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const FILE = 'bench/RESULTS.md'
const HEAD = '# What the benchmarks measured\n\nWritten by `npm run bench`, `npm run bench:kernels` and `npm run bench:start`; what the rows are is said in `bench/README.md`.\n'

/** Puts a section in the place of the one with the same title, or at the end. */
export function writeSection (title: string, lines: readonly string[]): void {
  const section = [`## ${title}`, '', ...lines, ''].join('\n')
  const [head, ...sections] = (existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD).split(/\n(?=## )/) as [string, ...string[]]
  const at = sections.findIndex(other => other.startsWith(`## ${title}\n`))
  const all = at < 0 ? [...sections, section] : sections.with(at, section)
  writeFileSync(FILE, [head.trimEnd() + '\n', ...all.map(text => text.trimEnd() + '\n')].join('\n'))
}
