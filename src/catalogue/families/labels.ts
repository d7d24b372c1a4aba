// Losses of several labels for each example: operands broadcast, and the axis that is the last of input's is summed
// over, divided by its length there. PyTorch counts that axis from the front: where others have more axes than input
// it is not the last of the loss.
import type { AxisMap } from '../../engine/job.js'
import { collapseAxes, sizeOf, stretchedStrides, type Shape } from '../../tensor/shape.js'
import { badShape, batchOf, commonShape, shapeIn, type Given, type Layout } from '../layout.js'
import { rowStage } from './rows.js'

/** Nanoseconds for an element. */
const COST = { single: 15, double: 20 }

export function labels (given: Given): Layout {
  const input = shapeIn(given, 'input')
  if (input.length === 0) throw badShape(given, 'input', 'it must have a label axis: (C) or (…, C)')
  const slots = Object.keys(given.slots)
  const present = slots.filter(slot => given.tensors.has(slot))
  const all = commonShape(given, present)
  const axis = input.length - 1
  const shape = all.filter((_, at) => at !== axis)
  const count = sizeOf(shape)
  return {
    ...{ shape, batch: batchOf(shape), divisor: count, order: slots },
    maps: Object.fromEntries(present.map(slot => [slot, axisMap(shapeIn(given, slot), all, axis)])),
    sum: { ...rowStage(given, count, all[axis]!, COST), extents: [0, input.at(-1)!], reads: slots.map((_, k) => k) }
  }
}

/** Rows of `shape`, stretched to `target`, along `axis`. */
function axisMap (shape: Shape, target: Shape, axis: number): AxisMap {
  const strides = stretchedStrides(shape, target)
  const axes = collapseAxes(target.filter((_, at) => at !== axis), strides.filter((_, at) => at !== axis))
  const [length, stride] = [target[axis]!, strides[axis]!]
  const stretched = (stride === 0 && length !== 1) || axes.some(([size, step]) => step === 0 && size !== 1)
  return { length, stride, axes, stretched }
}
