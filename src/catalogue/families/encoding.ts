// Transforms of labels into vectors: one class axis is added. How many classes there are may depend on the labels.
import { failAt } from '../../errors.js'
import { sizeOf } from '../../tensor/shape.js'
import { rowsPerBlock, shapeIn, type Given, type Layout, type Measure } from '../layout.js'

export function encoding (given: Given): Layout | Measure {
  const shape = shapeIn(given, 'labels')
  const asked = given.options.num_classes as number
  if (asked !== -1) return encode(given, checkedClasses(asked, sizeOf(shape)))
  if (sizeOf(shape) === 0) throw failAt('invalid_option', '/num_classes', 'labels are empty, so num_classes cannot be inferred from them')
  return { measure: greatest(given), then: largest => encode(given, largest + 1) }
}

function checkedClasses (asked: number, labels: number): number {
  if (asked > 0 || (asked === 0 && labels > 0)) return asked
  throw failAt('invalid_option', '/num_classes', `num_classes is ${asked}, expected a positive number, or -1 to infer it`)
}

function encode (given: Given, count: number): Layout {
  const labels = shapeIn(given, 'labels')
  const block = rowsPerBlock(count)
  return {
    ...common(given),
    shape: [...labels, count],
    answer: 'int64',
    sum: { kernel: given.id, count: sizeOf(labels), block, extents: [count], scratch: 0, cost: block * count }
  }
}

/** One block over all labels, whose "sum" is the greatest of them. */
function greatest (given: Given): Layout {
  const count = sizeOf(shapeIn(given, 'labels'))
  return {
    ...common(given),
    shape: [],
    sum: { kernel: `${given.id}_greatest`, count, block: count, extents: [], scratch: 0, cost: count }
  }
}

function common (given: Given): Omit<Layout, 'shape' | 'sum'> {
  return { batch: 1, divisor: 1, order: ['labels'], maps: Object.fromEntries([...given.tensors.keys()].map(slot => [slot, null])) }
}
