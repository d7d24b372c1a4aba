// Operands that still arrive while their job runs: what a stage's first blocks read, and whether that is there.
import type { Pending } from '../steps.js'
import { dtypeInfo } from '../tensor/dtype.js'
import { sizeOf } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import type { AxisMap, Job, Operand, Stage } from './job.js'

/** Bytes on their way into the batch memory, in the order of their addresses. */
export interface Arrival {
  /** Whether everything below `address` has come. */
  has (address: number): boolean
  /** Waits for that. @throws what ended the arrival before */
  reach (address: number): Pending<void>
}

/** What the first blocks of `stage` wait for: null when it is there. Undefined when all of them can go. */
type Lateness = ((blocks: number) => Pending<void> | null) | undefined

/** What the blocks of `stage` wait for. */
export function latenessOf (job: Job, stage: Stage, arrival: Arrival | null | undefined): Lateness {
  if (arrival === null || arrival === undefined || arrival.has(reachOf(job, stage, Infinity))) return undefined
  return blocks => {
    const end = reachOf(job, stage, blocks)
    return arrival.has(end) ? null : arrival.reach(end)
  }
}

/** Where what the first `blocks` blocks of `stage` read ends. */
function reachOf (job: Job, stage: Stage, blocks: number): number {
  const entries = Math.min(stage.count, blocks * stage.block)
  return stage.reads === undefined
    ? Math.max(0, ...job.operands.map(({ tensor }) => endOf(tensor)))
    : Math.max(0, ...stage.reads.map(k => endOfEntries(job.operands[k]!, entries)))
}

/** The address behind `tensor`. */
export function endOf (tensor: Tensor | null): number {
  return tensor === null ? 0 : tensor.address + sizeOf(tensor.shape) * dtypeInfo(tensor.dtype).bytes
}

/** The address behind what the first `entries` entries of a loss read of an operand. */
function endOfEntries ({ tensor, map }: Operand, entries: number): number {
  if (tensor === null || entries === 0) return 0
  const elements = map === null ? entries : elementsRead(map, entries)
  return Math.min(endOf(tensor), tensor.address + elements * dtypeInfo(tensor.dtype).bytes)
}

/** Elements up to the last that the first `entries` entries read; along all axes but the outermost, as if all were. */
function elementsRead ({ length, stride, axes, start = 0 }: AxisMap, entries: number): number {
  const [outer = [1, 0], ...inner] = axes
  const turn = inner.reduce((product, [size]) => product * size, 1)
  const last = inner.reduce((sum, [size, step]) => sum + (size - 1) * step, (length - 1) * stride)
  return start + Math.floor((entries - 1) / turn) * outer[1] + last + 1
}
