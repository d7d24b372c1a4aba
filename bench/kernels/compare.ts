// One row of the kernel table: loaded by everyone, checked to give the same, then evaluated in turn.
import { setTimeout as delay } from 'node:timers/promises'
import type { Effort } from '../measure/task.js'
import { median } from '../statistics.js'
import { nameOf, type KernelRow } from './rows.js'
import type { Runner } from './runner.js'

/** Milliseconds per evaluation, by library and round. */
export interface KernelFigures {
  readonly row: KernelRow
  /** Bytes of the operands. */
  readonly read: number
  readonly figures: Readonly<Partial<Record<string, readonly number[]>>>
}

/** Largest relative difference between the first numbers of the answers: the others sum in float32. */
const TOLERANCE = 1e-3

/** Milliseconds between two turns: threads that spin after their work have ended by then. */
const PAUSE = 20

/** Measures one row. @throws Error when the libraries do not agree */
export async function compareKernels (
  row: KernelRow, runners: readonly Runner[], { rounds, milliseconds }: Effort
): Promise<KernelFigures> {
  const operands = row.operands()
  const ready = []
  for (const runner of runners) ready.push({ name: runner.name, figures: [] as number[], runnable: await runner.load(row, operands) })
  const losses: number[] = []
  for (const { runnable } of ready) losses.push((await runnable.time(0)).loss)
  check(row, losses)
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < ready.length; turn++) {
      const { figures, runnable } = ready[(round + turn) % ready.length]!
      await delay(PAUSE)
      figures.push(median((await runnable.time(milliseconds)).times))
    }
  }
  for (const { runnable } of ready) await runnable.release()
  const read = Object.values(operands).reduce((sum, { data }) => sum + data.byteLength, 0)
  return { row, read, figures: Object.fromEntries(ready.map(({ name, figures }) => [name, figures])) }
}

function check (row: KernelRow, losses: readonly number[]): void {
  const [first] = losses as [number]
  if (losses.every(loss => Math.abs(loss - first) <= TOLERANCE * Math.abs(first))) return
  throw new Error(`${nameOf(row)}: the answers differ: ${losses.join(', ')}`)
}
