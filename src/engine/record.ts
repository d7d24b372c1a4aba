// Writes the records that kernels read (kernels/layout.ts) into the batch memory.
import * as layout from '../kernels/layout.js'
import { dtypeInfo } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'
import type { AxisMap, Job, Operand, Stage } from './job.js'

/** Addresses of what a stage reads and writes; 0 for what is not wanted. */
export interface Places {
  readonly loss: number
  readonly partials: number
  readonly upstream: number
  readonly work: number
  readonly list: number
  readonly kept: number
  /** By slot. */
  readonly maps: readonly number[]
  readonly gradients: readonly number[]
  readonly scale: number
  readonly center: number
}

/** Writes one Call. */
export function writeCall (
  view: DataView, at: number, job: Job, stage: Stage, places: Places, from: number, to: number, scratch: number
): void {
  view.setUint32(at + layout.CALL_FROM, from, true)
  view.setUint32(at + layout.CALL_TO, to, true)
  view.setUint32(at + layout.CALL_COUNT, stage.count, true)
  view.setUint32(at + layout.CALL_BLOCK, stage.block, true)
  view.setUint32(at + layout.CALL_LOSS, places.loss, true)
  view.setUint32(at + layout.CALL_PARTIALS, places.partials, true)
  view.setUint32(at + layout.CALL_UPSTREAM, places.upstream, true)
  view.setUint32(at + layout.CALL_SCRATCH, scratch, true)
  view.setUint32(at + layout.CALL_WORK, places.work, true)
  view.setUint32(at + layout.CALL_SHARES, job.shares, true)
  view.setUint32(at + layout.CALL_LIST, places.list, true)
  view.setUint32(at + layout.CALL_LIST_COUNT, job.list.length, true)
  view.setUint32(at + layout.CALL_KEPT, places.kept, true)
  view.setFloat64(at + layout.CALL_SCALE, places.scale, true)
  view.setFloat64(at + layout.CALL_CENTER, places.center, true)
  for (let i = 0; i < 8; i++) {
    view.setFloat64(at + layout.CALL_OPTIONS + i * 8, i < job.options.length ? job.options[i]! : 0, true)
    view.setUint32(at + layout.CALL_EXTENTS + i * 4, i < stage.extents.length ? stage.extents[i]! : 0, true)
  }
  for (let i = 0; i < layout.OPERANDS; i++) {
    const operand = i < job.operands.length ? job.operands[i]! : NO_OPERAND
    writeOperand(view, at + layout.CALL_OPERANDS + i * layout.OPERAND_SIZE, operand,
      i < places.maps.length ? places.maps[i]! : 0, i < places.gradients.length ? places.gradients[i]! : 0)
  }
}

const NO_OPERAND: Operand = { slot: '', tensor: null, code: 0, map: null, gradient: false }

function writeOperand (view: DataView, at: number, operand: Operand, map: number, gradient: number): void {
  const { tensor, code } = operand
  view.setUint32(at + layout.OPERAND_ADDRESS, tensor === null ? 0 : tensor.address + startOf(operand, tensor), true)
  view.setUint32(at + layout.OPERAND_DTYPE, code, true)
  view.setUint32(at + layout.OPERAND_GRADIENT, gradient, true)
  view.setUint32(at + layout.OPERAND_MAP, map, true)
}

/** Bytes before the first element that is read. */
function startOf ({ map }: Operand, { dtype }: Tensor): number {
  return map?.start === undefined ? 0 : map.start * dtypeInfo(dtype).bytes
}

/** Bytes of a Map. */
export function mapSize (map: AxisMap): number { return layout.MAP_AXES + Math.max(map.axes.length, 1) * 8 }

/** Writes one Map. A map without axes gets one of length 1, so that kernels always find a last axis. */
export function writeMap (view: DataView, at: number, map: AxisMap): void {
  const axes = map.axes.length > 0 ? map.axes : [[1, 0] as const]
  view.setUint32(at + layout.MAP_RANK, axes.length, true)
  view.setUint32(at + layout.MAP_LENGTH, map.length, true)
  view.setUint32(at + layout.MAP_STRIDE, map.stride, true)
  view.setUint32(at + layout.MAP_STRETCHED, map.stretched ? 1 : 0, true)
  axes.forEach(([size, stride], axis) => {
    view.setUint32(at + layout.MAP_AXES + axis * 8, size, true)
    view.setUint32(at + layout.MAP_AXES + axis * 8 + 4, stride, true)
  })
}
