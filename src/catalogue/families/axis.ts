// Transforms of the vectors along one axis, named by the option `dim`: the answer has input's shape.
import { failAt } from '../../errors.js'
import { collapseAxes, sizeOf } from '../../tensor/shape.js'
import { rowsPerBlock, shapeIn, type Given, type Layout } from '../layout.js'
import { rowStage } from './rows.js'

/** Nanoseconds for an element. */
const COST = { single: 2, double: 8 }
/** First extent: the answer is a vector in the shape of slot 0. */
const VECTOR = 1

export function axis (given: Given): Layout {
  const shape = shapeIn(given, 'input')
  const at = axisOf(given.options.dim as number, shape.length)
  const [outer, length, inner] = [sizeOf(shape.slice(0, at)), shape[at] ?? 1, sizeOf(shape.slice(at + 1))]
  const count = outer * inner
  return {
    shape,
    batch: 1,
    divisor: 1,
    order: ['input'],
    maps: {
      input: { length, stride: inner, axes: collapseAxes([outer, inner], [length * inner, 1]), stretched: false }
    },
    sum: { ...rowStage(given, count, length, COST, rowsPerBlock(length, inner)), extents: [VECTOR], reads: [0] }
  }
}

/** PyTorch's axis numbers: −rank … rank − 1; a scalar counts as one axis. */
function axisOf (dim: number, rank: number): number {
  const axes = Math.max(rank, 1)
  if (dim >= axes || dim < -axes) {
    throw failAt('invalid_option', '/dim', `dim ${dim} is outside [${-axes}, ${axes - 1}], the axes of input`)
  }
  return dim < 0 ? dim + axes : dim
}
