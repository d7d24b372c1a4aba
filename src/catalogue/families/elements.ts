// Losses of one entry per element of any number of slots, which broadcast, stretch or agree as each says.
import type { Stage } from '../../engine/job.js'
import { sizeOf } from '../../tensor/shape.js'
import { batchOf, checkFit, commonShape, elementMap, shapeIn, type Given, type Layout } from '../layout.js'

/** Entries to a block: a handful of float64 rows of them stay in the first-level cache. */
const BLOCK = 512
/** Nanoseconds for an element. */
const COST = 8
/** Rows of a block besides those of the slots: losses, shares, the mask, one to convert in (kernels/slots/block.ts). */
const OTHER_ROWS = 4

export function elements (given: Given): Layout {
  const slots = Object.keys(given.slots)
  const present = slots.filter(slot => given.tensors.has(slot))
  const shape = commonShape(given, slots.filter(slot => given.slots[slot]!.fits === 'broadcast'))
  for (const slot of present) checkFit(given, slot)
  return {
    shape,
    batch: batchOf(given.batchOf === null ? shape : shapeIn(given, given.batchOf)),
    divisor: sizeOf(shape),
    order: slots,
    maps: Object.fromEntries(present.map(slot => [slot, elementMap(shapeIn(given, slot), shape)])),
    sum: stage(given.id, sizeOf(shape), slots)
  }
}

function stage (kernel: string, count: number, slots: readonly string[]): Stage {
  const block = Math.max(1, Math.min(BLOCK, count))
  const scratch = 128 + (slots.length + OTHER_ROWS) * (block + 2) * 8
  return { kernel, count, block, extents: [slots.length], scratch, cost: block * COST, reads: slots.map((_, k) => k) }
}
