// Losses of one entry per element: input and target broadcast, weights fit as their slots say.
import { sizeOf } from '../../tensor/shape.js'
import type { Stage } from '../../engine/job.js'
import { batchOf, checkFit, commonShape, elementMap, shapeIn, type Given, type Layout, type Measure } from '../layout.js'

/** Elements to a block: what keeps four float64 operands in the first-level cache. */
const BLOCK = 4096
/** Nanoseconds for an element. */
const COST = 3

export function pointwise (given: Given): Layout | Measure {
  const slots = Object.keys(given.slots)
  const present = slots.filter(slot => given.tensors.has(slot))
  const shape = commonShape(given, slots.filter(slot => given.slots[slot]!.fits === 'broadcast'))
  for (const slot of present) checkFit(given, slot)
  const [input = null, target = null, extra = null] = slots.filter(slot => slot !== 'weight')
  const count = sizeOf(shape)
  const layout = {
    shape,
    batch: batchOf(given.batchOf === null ? shape : shapeIn(given, given.batchOf)),
    divisor: count,
    order: [input, target, slots.includes('weight') ? 'weight' : null, extra],
    maps: Object.fromEntries(present.map(slot => [slot, elementMap(shapeIn(given, slot), shape)])),
    sum: stage(given.id, count)
  }
  if (!given.meanByWeight || !given.tensors.has('weight')) return layout
  const weights = sizeOf(shapeIn(given, 'weight'))
  if (count > 0) return { ...layout, divisor: { repetition: count / weights } }
  return { measure: totalWeight(given), then: (_, divisor) => ({ ...layout, divisor }) }
}

/** Where nothing is left to weigh, the weights still sum to what the mean divides by. */
function totalWeight (given: Given): Layout {
  const shape = shapeIn(given, 'weight')
  const order = [null, null, 'weight', null]
  return { shape, batch: 1, divisor: { repetition: 1 }, order, maps: { weight: null }, sum: stage(given.id, sizeOf(shape)) }
}

function stage (kernel: string, count: number): Stage {
  const block = Math.max(1, Math.min(BLOCK, count))
  return { kernel, count, block, extents: [], scratch: 64 + 8 * block * 8, cost: block * COST, reads: [0, 1, 2, 3] }
}
