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
  readonly list: number
  readonly kept: number
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

/** Every stage of `job`. */
export function stagesOf (job: Job): readonly Stage[] {
  return job.before.length === 0 && job.after === null ? [job.sum] : [...job.before, job.sum, ...job.after ?? []]
}

/** Hands out places one after the other, each on a cache line of its own. */
class Allotment {
  constructor (public top: number) {}

  /** Address of `bytes` bytes, 0 for none. */
  take (bytes: number): number {
    if (bytes === 0) return 0
    const address = this.top
    this.top += Math.ceil(bytes / 64) * 64
    return address
  }
}

/** Bytes that `job` needs on `lanes` lanes. */
export function arenaSize (job: Job, lanes: number): number {
  const room = new Allotment(0)
  layOut(job, lanes, room)
  return room.top
}

/** The arena of `job` from `base` on. */
export function arenaAt (job: Job, lanes: number, base: number): Arena { return layOut(job, lanes, new Allotment(base)) }

function layOut (job: Job, lanes: number, room: Allotment): Arena {
  const { bytes } = dtypeInfo(job.precision)
  const { operands, upstream } = job
  const scratch = stagesOf(job).reduce((most, stage) => Math.max(most, stage.scratch), 0)
  return {
    loss: room.take(Math.max(job.reduction === 'none' ? sizeOf(job.shape) * dtypeInfo(job.answer).bytes : 0, 8)),
    upstream: room.take(upstream === null ? 0 : Math.max(sizeOf(upstream.shape) * bytes, 8)),
    partials: room.take(Math.max(blocksOf(job.sum), 1) * kernelLayout.PARTIAL_SIZE),
    work: room.take(job.work),
    list: room.take(job.list.length * 8),
    kept: room.take((job.kept ?? 0) * 4),
    maps: operands.map(({ map }) => map === null ? 0 : room.take(mapSize(map))),
    gradients: operands.map(operand => operand.gradient ? room.take(Math.max(sizeOf(operand.tensor!.shape) * bytes, 8)) : 0),
    staged: operands.map(operand => isStaged(operand) ? room.take(8 * stagedSize(job.sum.count, operand.map!) + 8) : 0),
    foldMaps: operands.map(operand => isStaged(operand) ? foldMapPlaces(operand, room) : NO_MAPS),
    records: perLane(lanes, kernelLayout.CALL_SIZE, room),
    scratch: perLane(lanes, scratch, room)
  }
}

const NO_MAPS: readonly [number, number] = [0, 0]

function perLane (lanes: number, bytes: number, room: Allotment): number[] {
  const places: number[] = []
  for (let lane = 0; lane < lanes; lane++) places.push(room.take(bytes))
  return places
}

/** Whether an operand's gradient is first written for every entry and then summed. */
export function isStaged (operand: Operand): boolean { return operand.gradient && operand.map?.stretched === true }

function foldMapPlaces (operand: Operand, room: Allotment): [number, number] {
  const { own, shared } = foldMaps(operand.map!)
  return [room.take(mapSize(own)), room.take(mapSize(shared))]
}
