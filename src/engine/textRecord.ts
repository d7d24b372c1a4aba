// The record of the kernels that read and write JSON, with what belongs to one call behind it: shape, path, scratch.
import * as layout from '../kernels/layout.js'
import type { Shape } from '../tensor/shape.js'
import { TextFault, type Extent } from '../tensor/text.js'

/** Where the parts of one call lie, from the record on. */
export const SHAPE = layout.TEXT_SIZE
const PATH = SHAPE + layout.MAX_RANK * 4
const SCRATCH = Math.ceil((PATH + layout.MAX_RANK * 4) / 64) * 64
/** Bytes of one call, behind which there may be a table. */
export const TABLE = SCRATCH + layout.TEXT_SCRATCH_SIZE

/** What a call works on; what it has no use for stays as it is. A class, so that all of them have one form for V8. */
export class Task {
  /** Where results go; 0: to the table behind the record. */
  other = 0
  capacity = 0
  dtype = 0
  nonFinite = 0
  shape: Shape = []
  position = 0
  first = 0
  last = 0
  /** Levels that there may be. */
  deepest = layout.MAX_NESTING

  constructor (public text: Extent) {}
}

/** Lays the record for a task out at `at`; there is room for cuts at `cuts`. */
export function writeTask (view: DataView, at: number, task: Task, cuts = 0): void {
  const { text, shape } = task
  view.setUint32(at + layout.TEXT_ADDRESS, text.address, true)
  view.setUint32(at + layout.TEXT_FROM, text.from, true)
  view.setUint32(at + layout.TEXT_TO, text.to, true)
  view.setUint32(at + layout.TEXT_OTHER, task.other === 0 ? at + TABLE : task.other, true)
  view.setUint32(at + layout.TEXT_CAPACITY, task.capacity, true)
  view.setUint32(at + layout.TEXT_DTYPE, task.dtype, true)
  view.setUint32(at + layout.TEXT_SHAPE, at + SHAPE, true)
  view.setUint32(at + layout.TEXT_RANK, shape.length, true)
  view.setUint32(at + layout.TEXT_PATH, at + PATH, true)
  view.setUint32(at + layout.TEXT_NON_FINITE, task.nonFinite, true)
  view.setUint32(at + layout.TEXT_COUNT, 0, true)
  view.setUint32(at + layout.TEXT_STATUS, 0, true)
  view.setUint32(at + layout.TEXT_POSITION, task.position, true)
  view.setUint32(at + layout.TEXT_DEPTH, 0, true)
  view.setUint32(at + layout.TEXT_EXPECTED, 0, true)
  view.setUint32(at + layout.TEXT_SCRATCH, at + SCRATCH, true)
  view.setUint32(at + layout.TEXT_FIRST, task.first, true)
  view.setUint32(at + layout.TEXT_LAST, task.last, true)
  view.setUint32(at + layout.TEXT_CUTS, cuts, true)
  view.setUint32(at + layout.TEXT_DEEPEST, task.deepest, true)
  for (let axis = 0; axis < shape.length; axis++) view.setUint32(at + SHAPE + axis * 4, shape[axis]!, true)
}

/** What a call counted. @throws TextFault when the kernel says that something is wrong */
export function counted (view: DataView, at: number): number {
  check(view, at)
  return view.getUint32(at + layout.TEXT_COUNT, true)
}

/** @throws TextFault when the kernel says that something is wrong */
export function check (view: DataView, at: number): void {
  const status = view.getUint32(at + layout.TEXT_STATUS, true)
  if (status === layout.TEXT_OK) return
  const field = (offset: number): number => view.getUint32(at + offset, true)
  const path = Array.from({ length: Math.min(field(layout.TEXT_DEPTH), layout.MAX_RANK) }, (_, i) => field(PATH + i * 4))
  throw new TextFault(status, field(layout.TEXT_POSITION), path, field(layout.TEXT_EXPECTED), field(layout.TEXT_COUNT))
}
