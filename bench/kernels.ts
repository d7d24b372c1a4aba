// `npm run bench:kernels`: our kernels in process against torch eager and jax.jit, and against the rate of memory.
import { describeMachine, majorOf } from './machine.js'
import { isWhole, readOptions, type Options } from './options.js'
import { startOurs, THREADS } from './kernels/ours.js'
import { startPython, type Bandwidth, type Python } from './kernels/python.js'
import { compareKernels, type KernelFigures } from './kernels/compare.js'
import { cells, HEADS, summary } from './kernels/report.js'
import { nameOf, ROWS, type KernelRow } from './kernels/rows.js'
import type { Runner } from './kernels/runner.js'
import { table } from './report.js'
import { writeSection } from './results.js'
import { missingForPython } from './servers.js'

const LIBRARIES = ['torch', 'jax'] as const

/** Milliseconds of one figure. */
const FIGURE = 200
const SHORT_FIGURE = 20

const options = readOptions(process.argv.slice(2))
const libraries = LIBRARIES.filter(isThere)
const python = missingForPython(['numpy']) === null ? startPython() : null
const ours = await startOurs()
try {
  const bandwidths = await python?.bandwidths(libraries) ?? []
  const rows = await measureAll(options, [ours, ...libraries.map(library => python!.runner(library))], bandwidths)
  const lines = [table(HEADS, rows.map(row => cells(row, best(bandwidths)))), '', ...summary(rows), ...bandwidths.map(describe)]
  console.log(`\n${lines.join('\n')}`)
  if (isWhole(options)) writeResults(options, python, lines)
} finally {
  await ours.close()
  python?.close()
}

/** Says in a line when a library is not there. */
function isThere (library: typeof LIBRARIES[number]): boolean {
  const missing = missingForPython(['numpy', library])
  if (missing !== null) console.log(`${library} is skipped: ${missing} (pip install -r bench/peers/requirements.txt)`)
  return missing === null
}

/** Every row that was asked for; each is printed as soon as it is there. */
async function measureAll (
  { only, rounds, short }: Options, runners: readonly Runner[], bandwidths: readonly Bandwidth[]
): Promise<KernelFigures[]> {
  const rows: KernelFigures[] = []
  for (const row of ROWS.filter((row: KernelRow) => only.test(nameOf(row)))) {
    const figures = await compareKernels(row, runners, { rounds, milliseconds: short ? SHORT_FIGURE : FIGURE })
    console.log(cells(figures, best(bandwidths)).filter(cell => cell !== '').join(' · '))
    rows.push(figures)
  }
  return rows
}

/** The rate of the fastest way to read, in bytes per second. */
function best (bandwidths: readonly Bandwidth[]): number | null {
  return bandwidths.length === 0 ? null : Math.max(...bandwidths.map(({ rate }) => rate))
}

function describe ({ how, rate }: Bandwidth): string { return `- read bandwidth by ${how}: ${(rate / 1e9).toFixed(1)} GB/s` }

function writeResults ({ rounds }: Options, python: Python | null, lines: readonly string[]): void {
  writeSection(`Kernels, Node ${majorOf(process.execPath)}`, [
    `\`npm run bench:kernels\`: float32, ${THREADS} threads, medians of ${rounds} rounds, ratios are medians of paired ratios.`,
    '',
    ...describeMachine(process.execPath, python === null ? [] : ['numpy', ...libraries]),
    '',
    ...lines
  ])
}
