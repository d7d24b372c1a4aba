// Losses of two views of a batch that compare features, not embeddings: a row is what a feature is over the batch, and
// the loss is one number.
import { CENTER, PAIRED, SPARSE, STANDARDIZE } from '../../kernels/matrix/layout.js'
import { formatShape, sameShape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { matrix, type Vectors } from './matrix.js'

export function features (given: Given): Layout {
  const [first, second] = Object.keys(given.slots) as [string, string]
  const shape = shapeIn(given, first)
  if (shape.length !== 2) throw badShape(given, first, 'expected rows of embeddings, shape (B, D)')
  const [length, count] = shape as [number, number]
  if (!sameShape(shapeIn(given, second), shape)) throw badShape(given, second, `it must have the shape of ${first}, ${formatShape(shape)}`)
  if (length < 2) throw badShape(given, first, 'the variance of a feature needs two embeddings or more')
  const map = { length, stride: count, axes: [[count, 1]] as const, stretched: false }
  const side = (slot: string, count: number): Vectors => ({ slot, map, count, normalize: false })
  const crossed = { rows: side(first, count), columns: side(second, count), flags: STANDARDIZE }
  // Features of both views in one matrix: each view's against its own are what is needed of it.
  const stacked = { rows: side(first, 2 * count), columns: 2 * count, partner: second, flags: CENTER + PAIRED + SPARSE, spares: 2 }
  return matrix(given, {
    order: [first, second],
    ...given.id === 'vicreg' ? stacked : crossed,
    length,
    first: [{ name: 'rows', over: 'rows' }],
    statistics: 1,
    shape: []
  })
}
