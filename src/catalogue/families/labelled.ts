// Losses of embeddings with a label each, all against all: rows of one label are each other's positives, others negatives.
import type { AxisMap } from '../../engine/job.js'
import { collapseAxes, formatShape, sameShape, type Shape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { elementsOf, matrix, rowsOf, type Plan, type Vectors } from './matrix.js'

export function labelled (given: Given): Layout {
  const shape = shapeIn(given, 'input')
  return matrix(given, { ...(shape.length === 3 ? ofViews(given, shape) : ofRows(given, shape)), ...meanOver(given) })
}

/** Whether the mean is over all entries, or over those that are greater than 0. */
function meanOver (given: Given): Pick<Plan, 'divisor' | 'none'> {
  return given.options.mean_over === 'nonzero' ? { divisor: 'weight', none: 0 } : {}
}

/** Scratch lists of a row's length that these losses use. */
const SPARES = 4

/** Embeddings (M, D), labels (M). */
function ofRows (given: Given, shape: Shape): Plan {
  if (shape.length !== 2) throw badShape(given, 'input', 'expected rows of embeddings, shape (M, D)')
  checkLabels(given, 'labels', shape[0]!)
  const rows = { ...side(given, 'input', rowsOf(shape), shape[0]!), labels: { slot: 'labels', map: elementsOf(shape[0]!) } }
  return { order: Object.keys(given.slots), rows, columns: shape[0]!, length: shape[1]!, spares: SPARES }
}

/** Embeddings (B, V, D) of V views, labels (B): view after view, anchors are all rows or those of the first view. */
function ofViews (given: Given, [count, views, length]: Shape): Plan {
  if (!('contrast_mode' in given.options)) throw badShape(given, 'input', 'expected rows of embeddings, shape (M, D)')
  checkLabels(given, 'labels', count!)
  const all = count! * views!
  const map = { ...rowsOf([all, length!]), axes: collapseAxes([views!, count!], [length!, views! * length!]) }
  const labels = { ...elementsOf(all), axes: collapseAxes([views!, count!], [0, 1]) }
  const anchors = given.options.contrast_mode === 'one' ? Math.min(count!, all) : all
  const rows = { ...side(given, 'input', map, anchors), labels: { slot: 'labels', map: labels } }
  return { order: Object.keys(given.slots), rows, columns: all, length: length!, spares: SPARES }
}

function side (given: Given, slot: string, map: AxisMap, count: number): Vectors {
  return { slot, map, count, normalize: given.options.normalize !== false }
}

function checkLabels (given: Given, slot: string, count: number): void {
  if (!sameShape(shapeIn(given, slot), [count])) throw badShape(given, slot, `expected one label for each row, shape ${formatShape([count])}`)
}
