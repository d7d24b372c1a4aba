// Losses of two views of a batch, all of query against all of key: row i of one belongs to row i of the other. Similarities
// are multiplied by a scale and moved by a bias, slots of one element.
import { SAMPLES } from '../../kernels/matrix/layout.js'
import { formatShape, sameShape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { matrix, rowsOf, type Vectors } from './matrix.js'

/** What rows add to the gradients of scale and bias; then three numbers for each column. */
const STATISTICS = 5
/** Nanoseconds for an entry of a column. */
const COLUMN_COST = 10

export function views (given: Given): Layout {
  const shape = shapeIn(given, 'query')
  if (shape.length !== 2) throw badShape(given, 'query', 'expected rows of embeddings, shape (B, D)')
  if (!sameShape(shapeIn(given, 'key'), shape)) throw badShape(given, 'key', `it must have the shape of query, ${formatShape(shape)}`)
  for (const slot of ['logit_scale', 'logit_bias']) {
    if (given.tensors.has(slot) && shapeIn(given, slot).length > 0) throw badShape(given, slot, 'expected one number, shape ()')
  }
  const side = (slot: string): Vectors => ({ slot, map: rowsOf(shape), count: shape[0]!, normalize: given.options.normalize === true })
  return matrix(given, {
    order: Object.keys(given.slots),
    rows: side('query'),
    columns: side('key'),
    length: shape[1]!,
    statistics: STATISTICS,
    flags: SAMPLES,
    spares: 2,
    scalars: { logit_scale: 0, logit_bias: 1 },
    ...given.id === 'clip' ? { first: [{ name: 'columns', over: 'columns', cost: COLUMN_COST }] } : {}
  })
}
