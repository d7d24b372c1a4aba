// Losses of embeddings with a label each, all against all, or against embeddings to refer to: those of one label are each
// other's positives, others negatives.
import { DISTANCES, SPARSE } from '../../kernels/matrix/layout.js'
import type { AxisMap } from '../../engine/job.js'
import { collapseAxes, formatShape, sameShape, type Shape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { elementsOf, matrix, rowsOf, type Plan, type Vectors } from './matrix.js'

/** Scratch lists of a row's length that these losses use. */
const SPARES = 3
/** Nanoseconds for an entry of S, for each row that is a positive. */
const PAIR_COST = 12
const BY_WEIGHT = { divisor: 'weight', none: 0 } as const
const BEFOREHAND = { first: [{ name: 'rows', over: 'rows' }], statistics: 1 } as const

/** What single losses need besides. */
const OWN: Readonly<Record<string, (count: number) => Partial<Plan>>> = {
  nca: () => ({ flags: DISTANCES, ...BY_WEIGHT }),
  lifted_structure: () => ({ flags: DISTANCES, ...BEFOREHAND, ...BY_WEIGHT }),
  npairs: () => ({ flags: SPARSE, ...BEFOREHAND, ...BY_WEIGHT }),
  angular: count => ({ apart: true, cost: PAIR_COST * count / 4, ...BY_WEIGHT })
}

export function embeddings (given: Given): Layout {
  const shape = shapeIn(given, 'input')
  const plan = shape.length === 3 ? ofViews(given, shape) : ofRows(given, shape)
  return matrix(given, { ...plan, ...given.options.mean_over === 'nonzero' ? BY_WEIGHT : {}, ...OWN[given.id]?.(shape[0]!) })
}

/** Embeddings (M, D), labels (M); perhaps others to refer to, of which none is a row. */
function ofRows (given: Given, shape: Shape): Plan {
  const rows = labelledRows(given, 'input', 'labels', shape)
  const common = { order: Object.keys(given.slots), rows, length: shape[1]!, spares: SPARES }
  const [refers, names] = ['ref_embeddings', 'ref_labels'].map(slot => given.tensors.has(slot))
  if (refers !== names) throw badShape(given, refers ? 'ref_labels' : 'ref_embeddings', 'ref_embeddings and ref_labels come together')
  if (refers !== true) return { ...common, columns: rows.count }
  const other = shapeIn(given, 'ref_embeddings')
  const columns = labelledRows(given, 'ref_embeddings', 'ref_labels', other)
  if (other[1] !== shape[1]) throw badShape(given, 'ref_embeddings', `its rows must have the length of input's, ${shape[1]!}`)
  return { ...common, columns }
}

function labelledRows (given: Given, slot: string, labels: string, shape: Shape): Vectors {
  if (shape.length !== 2) throw badShape(given, slot, 'expected rows of embeddings, shape (M, D)')
  checkLabels(given, labels, shape[0]!)
  return side(given, slot, rowsOf(shape), shape[0]!, { slot: labels, map: elementsOf(shape[0]!) })
}

/** Embeddings (B, V, D) of V views, labels (B): view after view, anchors are all rows or those of the first view. */
function ofViews (given: Given, [count, views, length]: Shape): Plan {
  if (!('contrast_mode' in given.options)) throw badShape(given, 'input', 'expected rows of embeddings, shape (M, D)')
  checkLabels(given, 'labels', count!)
  const all = count! * views!
  const map = { ...rowsOf([all, length!]), axes: collapseAxes([views!, count!], [length!, views! * length!]) }
  const labels = { ...elementsOf(all), axes: collapseAxes([views!, count!], [0, 1]) }
  const anchors = given.options.contrast_mode === 'one' ? Math.min(count!, all) : all
  const rows = side(given, 'input', map, anchors, { slot: 'labels', map: labels })
  return { order: Object.keys(given.slots), rows, columns: all, length: length!, spares: SPARES, views: views! }
}

function side (given: Given, slot: string, map: AxisMap, count: number, labels: Vectors['labels']): Vectors {
  return { slot, map, count, normalize: given.options.normalize !== false, ...labels && { labels } }
}

function checkLabels (given: Given, slot: string, count: number): void {
  if (!sameShape(shapeIn(given, slot), [count])) throw badShape(given, slot, `expected one label for each row, shape ${formatShape([count])}`)
}
