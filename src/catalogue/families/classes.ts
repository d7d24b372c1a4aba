// Losses of class scores: input (C), (N, C) or (N, C, d1…dK); the target holds class indices, or, where the slot
// takes either, probabilities: PyTorch decides by shape alone.
import type { AxisMap, Stage } from '../../engine/job.js'
import { failAt } from '../../errors.js'
import { dtypeInfo } from '../../tensor/dtype.js'
import { collapseAxes, formatShape, sameShape, sizeOf, type Shape } from '../../tensor/shape.js'
import { badShape, batchOf, costIn, rowsPerBlock, shapeIn, type Given, type Layout } from '../layout.js'
import { rowScratch } from './rows.js'

/** Nanoseconds for a score: with class indices, with probabilities. */
export const COST = { single: 2, double: 5 }
const SOFT_COST = { single: 4, double: 7 }
/** Nanoseconds for a row of which one score is read, and for each score whose gradient is set to 0. */
const PICK_COST = 30
const CLEAR_COST = { single: 0.1, double: 0.2 }
/** Nanoseconds for a target. */
const TARGET_COST = 4

export function classes (given: Given): Layout {
  const input = shapeIn(given, 'input')
  if (input.length === 0) throw badShape(given, 'input', 'it must have a class axis: (C), (N, C) or (N, C, d1, …)')
  const axis = input.length === 1 ? 0 : 1
  const count = input[axis]!
  const shape = input.filter((_, at) => at !== axis)
  const soft = isSoft(given, input)
  checkTarget(given, input, shape, soft)
  checkWeight(given, count)
  const scores = scoreMap(input, axis)
  const rows = sizeOf(shape)
  const block = rowsPerBlock(count, scores.stride)
  return {
    shape,
    batch: batchOf(shape),
    divisor: soft ? rows : { repetition: 1, weigh: weighing(rows, block) },
    order: ['input', 'target', 'weight'],
    maps: {
      input: scores,
      target: soft ? scores : { length: 1, stride: 1, axes: [[rows, 1]], stretched: false },
      weight: { length: count, stride: 1, axes: [[rows, 0]], stretched: true }
    },
    sum: {
      kernel: given.id + (soft ? '_probabilities' : ''),
      count: rows,
      block,
      extents: [],
      scratch: rowScratch(count),
      cost: block * rowCost(given, count, soft),
      reads: [0, 1, 2]
    },
    ...soft ? {} : { indices: ['target'], fixed: { weight: 'target holds class indices' } }
  }
}

/** Nanoseconds for a row of `count` scores; nll reads one of them, and clears the gradient of all. */
function rowCost (given: Given, count: number, soft: boolean): number {
  if (given.id === 'nll') return PICK_COST + (given.gradients.has('input') ? count * costIn(given, CLEAR_COST) : 0)
  return count * costIn(given, soft ? SOFT_COST : COST)
}

/** Adds up the weights of the targets. */
export function weighing (rows: number, block: number): Stage {
  return { kernel: 'class_weights', count: rows, block, extents: [], scratch: 0, cost: block * TARGET_COST, reads: [1, 2] }
}

/** Rows of class scores: the class axis is the row. */
function scoreMap (shape: Shape, axis: number): AxisMap {
  const length = shape[axis]!
  const inner = sizeOf(shape.slice(axis + 1))
  const outer = axis === 0 ? 1 : shape[0]!
  return { length, stride: inner, axes: collapseAxes([outer, inner], [length * inner, 1]), stretched: false }
}

/** PyTorch's rule: a target of input's shape holds probabilities. */
function isSoft (given: Given, input: Shape): boolean {
  return given.id !== 'nll' && sameShape(shapeIn(given, 'target'), input)
}

function checkTarget (given: Given, input: Shape, shape: Shape, soft: boolean): void {
  const target = given.tensors.get('target')!
  if (soft && dtypeInfo(target.dtype).kind === 'integer') {
    throw failAt('invalid_dtype', target.pointer,
      `target has input's shape, so it holds probabilities; it came as ${target.dtype}, expected a float type`)
  }
  if (soft) return checkIgnoreIndex(given)
  const single = input.length === 1 && sameShape(target.shape, [1])
  if (!single && !sameShape(target.shape, shape)) {
    throw badShape(given, 'target', `expected class indices of shape ${formatShape(shape)}` +
      (given.id === 'nll' ? '' : ` or probabilities of shape ${formatShape(input)}`))
  }
  checkWhole(given)
}

/** A target that holds class indices may have come as real numbers where the slot takes either. */
export function checkWhole (given: Given): void {
  const { dtype, pointer } = given.tensors.get('target')!
  if (dtypeInfo(dtype).kind === 'integer') return
  throw failAt('invalid_dtype', pointer, `target holds class indices; it came as ${dtype}, expected whole numbers`)
}

/** PyTorch refuses an ignore_index that could be a class when the target holds probabilities. */
function checkIgnoreIndex (given: Given): void {
  if ((given.options.ignore_index as number) < 0) return
  throw failAt('invalid_option', '/ignore_index', 'ignore_index is for class indices; target holds probabilities')
}

/** One weight for each of `count` classes. */
export function checkWeight (given: Given, count: number): void {
  if (given.tensors.has('weight') && !sameShape(shapeIn(given, 'weight'), [count])) {
    throw badShape(given, 'weight', `expected one weight for each class, shape [${count}]`)
  }
}
