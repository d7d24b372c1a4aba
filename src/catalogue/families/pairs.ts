// Losses of similarities between the rows of query and key, row i of one being the positive of row i of the other. What
// a row is compared with makes the family: in `pairs` the other side's rows, or negatives of its own; in `pool` all
// rows of both sides, itself included; in `peers` all others. Similarities are computed tile by tile in every stage
// that needs them, and kept only where they take no more than a few times the room of the rows themselves.
import type { Stage } from '../../engine/job.js'
import { failAt } from '../../errors.js'
import {
  ALL_ANCHORS, COLUMNS, GRADIENTS, KEEP, KEPT, LINE, LIST_SIZE, MASK_SELF, OWN_COLUMNS, PAIRS_ROWS, PAIRS_TILE, PANEL, SWEEP_SIZE,
  TRANSPOSED
} from '../../kernels/pairs/layout.js'
import type { Precision } from '../../tensor/dtype.js'
import { formatShape, sameShape, sizeOf } from '../../tensor/shape.js'
import { badShape, rowsPerBlock, shapeIn, type Given, type Layout } from '../layout.js'

/** What every entry of the family says about its arithmetic (kernels/pairs/precision.ts). */
export const PRODUCTS = 'In float32, rows of 32 numbers or more are multiplied in float32 and summed in float64, ' +
  'and similarities large enough to move the loss are computed again in float64; everything else is in float64.'

/** Nanoseconds for a product in a sum of products, and for an entry of the matrix of similarities, measured. */
const PRODUCT_COST = { float32: 0.065, float64: 0.13 }
const ENTRY_COST = { float32: 4, float64: 15 }
/** Nanoseconds to fetch an element. */
const FETCH_COST = 4
/** Similarities are kept where a row of them has at most this many times the length of a row, up to so many bytes. */
const MOST_KEPT = 8
const MOST_KEPT_BYTES = 64 * 2 ** 20

/** Rows of Z from `first` on, each against the columns of Z from `base` on (kernels/pairs/layout.ts). */
interface Side {
  readonly first: number
  readonly count: number
  readonly base: number
  readonly columns: number
}

/** What is compared with what. */
interface Comparison {
  /** Pairs, the row of Z that is the first key, rows of Z, and the length of a row. */
  readonly pairs: number
  readonly keys: number
  readonly rows: number
  readonly length: number
  /** MASK_SELF, OWN_COLUMNS, ALL_ANCHORS. */
  readonly flags: number
  /** Rows of a pair that are anchors of losses of their own. */
  readonly views: number
  /** What the loss sums over. */
  readonly loss: Side
  /** The other anchors of a symmetric loss. */
  readonly opposite: Side | null
  /** By the slots whose gradients it gives. */
  readonly gradients: readonly { readonly slots: readonly string[], readonly side: Side }[]
}

/** The same with what it is computed in. */
interface Computation extends Comparison { readonly precision: Precision }

export function pairs (given: Given): Layout {
  const [count, length] = checkPairs(given)
  const symmetric = given.options.symmetric === true
  if (!given.tensors.has('negatives')) return layOut(given, acrossSides(count, length, symmetric))
  if (symmetric) throw failAt('invalid_option', '/symmetric', 'symmetric is for queries against keys; it cannot be had with negatives')
  return layOut(given, againstNegatives(given, count, length))
}

export function pool (given: Given): Layout { return layOut(given, amongAll(...checkPairs(given), 0)) }

export function peers (given: Given): Layout { return layOut(given, amongAll(...checkPairs(given), MASK_SELF)) }

function checkPairs (given: Given): [count: number, length: number] {
  const shape = shapeIn(given, 'query')
  if (shape.length !== 2) throw badShape(given, 'query', 'expected rows of embeddings, shape (B, D)')
  if (!sameShape(shapeIn(given, 'key'), shape)) throw badShape(given, 'key', `it must have the shape of query, ${formatShape(shape)}`)
  return [shape[0]!, shape[1]!]
}

/** Queries against keys. */
function acrossSides (count: number, length: number, symmetric: boolean): Comparison {
  const keys = wholePanels(count)
  const query = { first: 0, count, base: keys, columns: count }
  const key = { first: keys, count, base: 0, columns: count }
  return {
    ...{ pairs: count, keys, rows: keys + count, length, flags: symmetric ? ALL_ANCHORS : 0, views: 1 },
    loss: query,
    opposite: symmetric ? key : null,
    gradients: [{ slots: ['query'], side: query }, { slots: ['key'], side: key }]
  }
}

/** Queries against negatives: the same for all, or some for each. */
function againstNegatives (given: Given, count: number, length: number): Comparison {
  const shape = shapeIn(given, 'negatives')
  const own = shape.length === 3
  const columns = shape.at(-2)!
  if (!sameShape(shape, own ? [count, columns, length] : [columns, length])) {
    throw badShape(given, 'negatives', `expected (M, ${length}), or (${count}, M, ${length}) for negatives of each query`)
  }
  const keys = wholePanels(count)
  const query = { first: 0, count, base: 2 * keys, columns }
  return {
    ...{ pairs: count, keys, rows: 2 * keys + sizeOf(shape.slice(0, -1)), length },
    flags: own ? OWN_COLUMNS : 0,
    views: 1,
    loss: query,
    opposite: null,
    gradients: [
      { slots: ['query'], side: query },
      { slots: ['key'], side: { first: keys, count, base: 0, columns: 0 } },
      { slots: ['negatives'], side: own ? query : { first: 2 * keys, count: columns, base: 0, columns: count } }
    ]
  }
}

/** Rows of both sides against each other. */
function amongAll (count: number, length: number, flags: number): Comparison {
  const all = { first: 0, count: 2 * count, base: 0, columns: 2 * count }
  return {
    ...{ pairs: count, keys: count, rows: 2 * count, length, flags: flags + ALL_ANCHORS, views: 2 },
    loss: all,
    opposite: null,
    gradients: [{ slots: ['query', 'key'], side: all }]
  }
}

function layOut (given: Given, base: Comparison): Layout {
  const wanted = base.gradients.filter(({ slots }) => slots.some(slot => given.gradients.has(slot)))
  const sums = wanted.some(({ side }) => side.columns > 0) && !(base.flags & OWN_COLUMNS)
  const comparison = { ...base, precision: given.precision, flags: base.flags + (sums ? GRADIENTS : 0) }
  const { loss, opposite } = comparison
  const first = opposite ?? loss
  const keeps = worthKeeping(comparison, [...wanted.map(({ side }) => side), ...opposite === null ? [] : [loss]])
  const stage = (kernel: string, side: Side): Stage => sweep(comparison, kernel, side, keeps ? keptBy(first, side) : 0)
  const summing = (kernel: string, side: Side): Stage => sweep(comparison, kernel, side, keeps ? KEEP : 0)
  return {
    shape: [loss.count],
    batch: loss.count,
    divisor: loss.count,
    views: base.views,
    order: ['query', 'key', 'negatives'],
    maps: {},
    before: [onRows(comparison, 'pairs_prepare'), ...opposite === null ? [] : [summing('pairs_statistics', opposite)]],
    sum: opposite === null ? summing(given.id, loss) : stage(given.id, loss),
    after: [
      ...sums ? [onRows(comparison, 'pairs_transpose')] : [],
      ...wanted.map(({ slots, side }) => withSums(comparison, stage(gradientKernel(comparison, slots), side)))
    ],
    work: workSize(comparison, keeps ? first : null)
  }
}

/** Whether similarities are needed again, and there is room. */
function worthKeeping ({ flags, length, loss }: Comparison, later: readonly Side[]): boolean {
  return !(flags & OWN_COLUMNS) && later.some(side => side.columns > 0) &&
    loss.columns <= MOST_KEPT * Math.max(length, LINE) && loss.count * loss.columns * 8 <= MOST_KEPT_BYTES
}

/** How a stage reads what the first one kept. */
function keptBy (first: Side, side: Side): number { return side.first === first.first ? KEPT : KEPT + TRANSPOSED }

function gradientKernel ({ flags }: Comparison, slots: readonly string[]): string {
  return (flags & OWN_COLUMNS) && slots.includes('negatives') ? 'pairs_outer_gradient' : 'pairs_gradient'
}

/** A stage over all rows of Z, panel by panel. */
function onRows (comparison: Computation, kernel: string): Stage {
  const { rows, length } = comparison
  const block = wholePanels(rowsPerBlock(length))
  const side = { first: 0, count: wholePanels(rows), base: 0, columns: 0 }
  return { ...sweep(comparison, kernel, side, 0), block, cost: block * (length + LINE) * FETCH_COST }
}

function sweep (comparison: Computation, kernel: string, side: Side, keeping: number): Stage {
  const { pairs, keys, length, flags, rows, precision } = comparison
  const { first, count, base, columns } = side
  // A row with columns of its own is a block of its own.
  const block = (flags & OWN_COLUMNS) && columns > 0 ? 1 : PAIRS_ROWS
  const products = keeping === 0 || keeping === KEEP ? length : 0
  return {
    kernel,
    count,
    block,
    extents: [pairs, keys, first, base, columns, length, flags + keeping, rows],
    scratch: SWEEP_SIZE + 2 * PAIRS_ROWS * PAIRS_TILE * 8 + PAIRS_ROWS / PANEL * LIST_SIZE + PAIRS_ROWS * bytesOf(length),
    cost: block * (columns + 1) * (products * PRODUCT_COST[precision] + ENTRY_COST[precision])
  }
}

/** `stage` with the cost of the weighted sums of its columns. */
function withSums ({ length, precision }: Computation, stage: Stage): Stage {
  return { ...stage, cost: stage.cost + stage.block * (stage.extents[COLUMNS]! + 1) * length * PRODUCT_COST[precision] }
}

/** Bytes of `count` float64, as whole cache lines. */
function bytesOf (count: number): number { return Math.ceil(count / LINE) * LINE * 8 }

/** Rows as whole panels. */
function wholePanels (rows: number): number { return Math.ceil(rows / PANEL) * PANEL }

/** Bytes of panels of `rows` rows of `bytes` bytes; a line lies between panels. */
function panels (rows: number, bytes: number): number { return wholePanels(rows) / PANEL * (PANEL * bytes + 64) }

/** Bytes of the work area (kernels/pairs/layout.ts); `keeper` is the side whose similarities are kept. */
function workSize ({ rows, length, flags, precision }: Computation, keeper: Side | null): number {
  const row = bytesOf(length)
  return 5 * bytesOf(rows + PANEL) + panels(rows, row) + (precision === 'float32' ? panels(rows, row / 2) : 0) +
    (flags & GRADIENTS ? panels(row / 8, wholePanels(rows) * 8) : 0) +
    (keeper === null ? 0 : panels(keeper.count, wholePanels(keeper.columns) * 8))
}
