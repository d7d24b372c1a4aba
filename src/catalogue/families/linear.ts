// Cross-entropy of logits that are products of inputs and weights: rows are inputs, columns the classes, or, where the
// weights have inner dimensions, each class at each position.
import type { Stage } from '../../engine/job.js'
import { failAt } from '../../errors.js'
import { SCALED } from '../../kernels/matrix/layout.js'
import { dtypeInfo } from '../../tensor/dtype.js'
import { formatShape, sameShape, sizeOf, type Shape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { checkWeight } from './classes.js'
import { elementsOf, matrix, rowsOf } from './matrix.js'

/** Target and weight stand where the kernels of class scores look for them (kernels/rows/classes.ts). */
const ORDER = ['input', 'target', 'weight', 'linear_weight', 'linear_bias']
/** Scratch lists of a row's length. */
const SPARES = 4
/** Columns of a block of the bias's gradient, and nanoseconds for an entry of S there. */
const BIAS_BLOCK = 64
const BIAS_COST = 0.3
/** Nanoseconds for a logit where its slope is scaled. */
const SCALE_COST = 1
/** Nanoseconds for a row or column that may be hidden, which most often the first of its entries tells; how many to a block. */
const HIDE_COST = 40
const HIDE_BLOCK = 64

export function linear (given: Given): Layout {
  const { count, classes, inner, shape, length } = sizesOf(given)
  const logits = logitsOf(shapeIn(given, 'input'), shapeIn(given, 'linear_weight'))!
  const soft = sameShape(shapeIn(given, 'target'), logits)
  checkTarget(given, shape, logits, soft)
  checkWeight(given, classes)
  const columns = classes * sizeOf(inner)
  // The scale may be infinite, which the slopes of what does not count must not meet.
  const masked = given.tensors.has('mask')
  const scales = !soft || masked
  const layout = matrix(given, {
    order: ORDER,
    rows: { slot: 'input', map: rowsOf([count, length]), count, normalize: false },
    columns: { slot: 'linear_weight', map: rowsOf([columns, length]), count: columns, normalize: false },
    length,
    flags: scales ? SCALED : 0,
    spares: SPARES,
    shape,
    divisor: soft ? sizeOf(shape) : 'weight',
    maps: {
      target: elementsOf(sizeOf(soft ? logits : shape)),
      weight: { ...elementsOf(classes), stretched: true },
      linear_bias: elementsOf(columns)
    }
  })
  const sum = entryStage(layout.sum, given.id + (soft ? '_probabilities' : ''), sizeOf(shape), classes)
  const hiding = masked ? [hideStage(sum, given.id, count, columns)] : []
  const [vectors, ...others] = layout.before!
  return {
    ...layout,
    before: [vectors!, ...hiding, ...others],
    sum,
    after: [
      ...scales ? [{ ...sum, kernel: `${given.id}_scale`, cost: sum.block * classes * SCALE_COST }] : [],
      ...layout.after!,
      ...hiding,
      ...given.gradients.has('linear_bias') ? [biasStage(layout.sum, given.id, columns, count)] : []
    ],
    ...soft ? {} : { indices: ['target'] }
  }
}

/** A stage over entries of the loss: rows at each position. */
function entryStage (base: Stage, kernel: string, count: number, classes: number): Stage {
  const block = Math.max(1, Math.floor(2048 / Math.max(classes, 1)))
  const perRow = base.cost / base.block
  return { ...base, kernel, count, block, extents: [...base.extents, classes], cost: block * perRow }
}

/** A stage over the rows and columns that a mask may hide, each by several entries. */
function hideStage (base: Stage, id: string, rows: number, columns: number): Stage {
  return { ...base, kernel: `${id}_hide`, count: rows + columns, block: HIDE_BLOCK, cost: HIDE_BLOCK * HIDE_COST }
}

function biasStage (base: Stage, id: string, columns: number, rows: number): Stage {
  return { ...base, kernel: `${id}_bias`, count: columns, block: BIAS_BLOCK, cost: BIAS_BLOCK * (rows + 1) * BIAS_COST }
}

/** The shape of the logits: (C), (N, C) or (N, C, d1, …, dK). */
export function logitsOf (input: Shape | undefined, weight: Shape | undefined): Shape | undefined {
  return input === undefined || weight === undefined ? undefined : [...input.slice(0, -1), ...weight.slice(0, -1)]
}

interface Sizes {
  /** Rows of input, its length, classes, and d1, …, dK. */
  readonly count: number
  readonly length: number
  readonly classes: number
  readonly inner: Shape
  /** Shape of the unreduced loss. */
  readonly shape: Shape
}

function sizesOf (given: Given): Sizes {
  const input = shapeIn(given, 'input')
  const weight = shapeIn(given, 'linear_weight')
  if (input.length < 1 || input.length > 2) throw badShape(given, 'input', 'expected shape (F) or (N, F)')
  if (weight.length < 2) throw badShape(given, 'linear_weight', 'expected shape (C, F) or (C, d1, …, dK, F)')
  const length = input.at(-1)!
  if (weight.at(-1) !== length) throw badShape(given, 'linear_weight', `its last dimension must be input's, ${length}`)
  const inner = weight.slice(1, -1)
  if (inner.length > 0 && input.length === 1) throw badShape(given, 'input', 'weights with inner dimensions need rows of inputs, (N, F)')
  const bias = given.tensors.get('linear_bias')?.shape
  if (bias !== undefined && !sameShape(bias, weight.slice(0, -1))) {
    throw badShape(given, 'linear_bias', `expected the shape of linear_weight without its last dimension, ${formatShape(weight.slice(0, -1))}`)
  }
  const batch = input.slice(0, -1)
  return { count: sizeOf(batch), length, classes: weight[0]!, inner, shape: [...batch, ...inner] }
}

function checkTarget (given: Given, shape: Shape, logits: Shape, soft: boolean): void {
  const target = given.tensors.get('target')!
  const single = shape.length === 0 && sameShape(target.shape, [1])
  if (!soft && !single && !sameShape(target.shape, shape)) {
    throw badShape(given, 'target', `expected class indices of shape ${formatShape(shape)} or probabilities of shape ${formatShape(logits)}`)
  }
  if (soft !== (dtypeInfo(target.dtype).kind !== 'integer')) {
    throw failAt('invalid_dtype', target.pointer, soft
      ? `target has the shape of the logits, so it holds probabilities; it came as ${target.dtype}, expected a float type`
      : `target holds class indices; it came as ${target.dtype}, expected whole numbers`)
  }
  if (soft && given.options.ignore_index !== 'none') {
    throw failAt('invalid_option', '/ignore_index', 'ignore_index is for class indices; target holds probabilities')
  }
}
