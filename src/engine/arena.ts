// Where everything of one run lies: sizes first, then addresses, so that a run reserves memory once.
import * as kernelLayout from '../kernels/layout.js'
import { dtypeInfo } from '../tensor/dtype.js'
import { sizeOf } from '../tensor/shape.js'
import type { Job, Operand, Stage } from './job.js'
import { mapSize } from './record.js'
import { foldMaps, stagedSize } from './stretch.js'

/** Addresses of a run; lists are by operand, 0 where there is nothing. */
export interface Arena {
  readonly loss: number
  readonly upstream: number
  readonly partials: number
  readonly work: number
  readonly maps: readonly number[]
  readonly gradients: readonly number[]
  /** float64 gradients of stretched operands, before they are summed. */
  readonly staged: readonly number[]
  /** Room for the two maps of a fold. */
  readonly foldMaps: readonly (readonly [number, number])[]
  /** By lane. */
  readonly records: readonly number[]
  readonly scratch: readonly number[]
}

/** Number of blocks of a stage. */
export function blocksOf (stage: Stage): number { return Math.ceil(stage.count / stage.block) }

/** Bytes that `job` needs on `lanes` lanes. */
export function arenaSize (job: Job, lanes: number): number { return layOut(job, lanes, 0).size }

/** The arena of `job` from `base` on. */
export function arenaAt (job: Job, lanes: number, base: number): Arena { return layOut(job, lanes, base).arena }

function layOut (job: Job, lanes: number, base: number): { arena: Arena, size: number } {
  let top = base
  const take = (bytes: number): number => {
    const address = top
    top += Math.ceil(bytes / 64) * 64
    return bytes === 0 ? 0 : address
  }
  const { bytes } = dtypeInfo(job.precision)
  const { operands } = job
  const scratch = Math.max(...[...job.before, job.sum, ...job.after ?? []].map(stage => stage.scratch))
  const arena = {
    loss: take(Math.max(job.reduction === 'none' ? sizeOf(job.shape) * dtypeInfo(job.answer).bytes : 0, 8)),
    upstream: take(job.upstream === null ? 0 : Math.max(sizeOf(job.upstream.shape) * bytes, 8)),
    partials: take(Math.max(blocksOf(job.sum), 1) * kernelLayout.PARTIAL_SIZE),
    work: take(job.work),
    maps: operands.map(({ map }) => map === null ? 0 : take(mapSize(map))),
    gradients: operands.map(operand => operand.gradient ? take(Math.max(sizeOf(operand.tensor!.shape) * bytes, 8)) : 0),
    staged: operands.map(operand => take(isStaged(operand) ? 8 * stagedSize(job.sum.count, operand.map!) + 8 : 0)),
    foldMaps: operands.map(operand => foldMapPlaces(operand, take)),
    records: Array.from({ length: lanes }, () => take(kernelLayout.CALL_SIZE)),
    scratch: Array.from({ length: lanes }, () => take(scratch))
  }
  return { arena, size: top - base }
}

/** Whether an operand's gradient is first written for every entry and then summed. */
export function isStaged (operand: Operand): boolean { return operand.gradient && operand.map?.stretched === true }

function foldMapPlaces (operand: Operand, take: (bytes: number) => number): [number, number] {
  if (!isStaged(operand)) return [0, 0]
  const { own, shared } = foldMaps(operand.map!)
  return [take(mapSize(own)), take(mapSize(shared))]
}
