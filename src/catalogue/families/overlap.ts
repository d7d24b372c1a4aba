// Losses of overlaps, Dice and Tversky: regions of an input and a target of one shape, whose last axis is that of classes
// where an option or a weight speaks of classes.
import type { AxisMap, Stage } from '../../engine/job.js'
import { failAt } from '../../errors.js'
import { collapseAxes, formatShape, sameShape, sizeOf, type Shape } from '../../tensor/shape.js'
import { badShape, batchOf, rowsPerBlock, shapeIn, type Given, type Layout } from '../layout.js'
import { overChunks, overRegions, recordsOf, regionMap, regionsOf, type Particulars, type Regions } from './regions.js'

/** Nanoseconds for an element that goes through softmax, or back. */
const SOFTMAX_COST = 12
/** … and for a region that a weight is of. */
const WEIGHT_COST = 4
/** Rows of classes in scratch, and bytes before them (kernels/regions/classes.ts). */
const CLASS_ROWS = 4
const CLASS_HEAD = 80

export function overlap (given: Given): Layout {
  const shape = shapeIn(given, 'input')
  if (!sameShape(shapeIn(given, 'target'), shape)) throw badShape(given, 'target', `it must have the shape of input, ${formatShape(shape)}`)
  const classes = shape.at(-1) ?? 1
  const start = startOf(given, shape)
  const cut = regionsOf(given, start === 0 ? shape : [...shape.slice(0, -1), Math.max(classes - 1, 0)])
  const softmax = given.options.activation === 'softmax'
  const particulars = { start, unit: 1, activated: softmax ? recordsOf(cut) : 0, classes }
  const map = regionMap(cut, shape, shape)
  return {
    ...{ shape: cut.shape, batch: batchOf(cut.shape), divisor: cut.count, order: ['input', 'target', 'class_weights'] },
    maps: { input: map, target: map, ...given.tensors.has('class_weights') && { class_weights: weightMap(given, cut, classes) } },
    before: [
      ...softmax ? [overRows(shape, 'overlap_softmax', particulars)] : [],
      overChunks(cut, 'overlap_totals', particulars)
    ],
    sum: overRegions(cut, given.id, particulars),
    after: gradientStages(given, cut, shape, particulars),
    work: recordsOf(cut) + (softmax ? sizeOf(shape) * 8 : 0)
  }
}

/** Where classes begin: behind the background, if it is to be ignored. */
function startOf (given: Given, shape: Shape): number {
  if (given.options.ignore_background !== true) return 0
  if (shape.length > 0) return 1
  throw failAt('invalid_option', '/ignore_background', 'ignore_background is for an input with an axis of classes; it came as a scalar')
}

/** Walks over the weights with the regions, whose last axis must be there. */
function weightMap (given: Given, { axes, shape, whole }: Regions, classes: number): AxisMap {
  const last = whole.length - 1
  if (shape.length === 0 || axes[shape.length - 1] !== last) {
    throw badShape(given, 'class_weights', 'there are no classes to weigh: dims must leave the last axis')
  }
  if (!sameShape(shapeIn(given, 'class_weights'), [classes])) {
    throw badShape(given, 'class_weights', `expected one weight for each class, shape [${classes}]`)
  }
  // Its gradient is summed by a stage of its own, and so nothing is staged.
  const walk = collapseAxes(shape, shape.map((_, axis) => axis === shape.length - 1 ? 1 : 0))
  return { length: 1, stride: 1, axes: walk, stretched: false }
}

function gradientStages (given: Given, cut: Regions, shape: Shape, particulars: Particulars): readonly Stage[] {
  const elements = given.gradients.has('input') || given.gradients.has('target')
  const through = particulars.activated !== 0 && given.gradients.has('input')
  return [
    ...elements && particulars.start > 0 ? [overRows(shape, 'overlap_background', particulars)] : [],
    ...given.gradients.has('class_weights') ? [overWeights(cut, particulars)] : [],
    ...elements ? [overChunks(cut, 'overlap_spread', particulars)] : [],
    ...through ? [overRows(shape, 'overlap_pull_back', particulars)] : []
  ]
}

/** The stage that sums the gradient of each class's weight. */
function overWeights (cut: Regions, particulars: Particulars): Stage {
  const { classes } = particulars
  const cost = cut.count / Math.max(classes, 1) * WEIGHT_COST
  return { ...overRegions(cut, 'overlap_weights', particulars), count: classes, block: 1, cost }
}

/** A stage over the rows of classes. */
function overRows (shape: Shape, kernel: string, { start, unit, activated, classes }: Particulars): Stage {
  const block = rowsPerBlock(classes)
  return {
    kernel,
    count: classes === 0 ? 0 : sizeOf(shape) / classes,
    block,
    extents: [0, 0, 1, start, unit, activated, classes],
    scratch: CLASS_HEAD + CLASS_ROWS * (classes + 2) * 8,
    cost: block * classes * SOFTMAX_COST
  }
}
