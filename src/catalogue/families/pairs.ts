// Losses of similarities between the rows of query and key, row i of one being the positive of row i of the other. What
// a row is compared with makes the family: in `pairs` the other side's rows, or negatives of its own; in `pool` all
// rows of both sides, itself included; in `peers` all others. Similarities are computed tile by tile in every stage
// that needs them, and kept only where they take no more than a few times the room of the rows themselves.
import type { Stage } from '../../engine/job.js'
import { failAt } from '../../errors.js'
import {
  COLUMNS, KEEP, KEPT, LINE, MASK_SELF, OWN_COLUMNS, PAIRS_ROWS, PAIRS_TILE, SLACK_ROWS, STATISTICS_SLACK, SWEEP_SIZE, TRANSPOSED
} from '../../kernels/pairs/layout.js'
import { formatShape, sameShape, sizeOf } from '../../tensor/shape.js'
import { badShape, rowsPerBlock, shapeIn, type Given, type Layout } from '../layout.js'

/** Nanoseconds for a product in a sum of products, and for an entry of the matrix of similarities. */
const PRODUCT_COST = 0.15
const ENTRY_COST = 15
/** Nanoseconds to fetch an element. */
const FETCH_COST = 4
/** Similarities are kept where a row of them has at most this many times the length of a row. */
const MOST_KEPT = 4

/** Rows of Z from `first` on, each against the columns of Z from `base` on (kernels/pairs/layout.ts). */
interface Side {
  readonly first: number
  readonly count: number
  readonly base: number
  readonly columns: number
}

/** What is compared with what. */
interface Comparison {
  /** Pairs, rows of Z, and the length of a row. */
  readonly pairs: number
  readonly rows: number
  readonly length: number
  /** Rows below this have a loss of their own. */
  readonly anchors: number
  /** MASK_SELF, OWN_COLUMNS. */
  readonly flags: number
  /** What the loss sums over. */
  readonly loss: Side
  /** The other anchors of a symmetric loss. */
  readonly opposite: Side | null
  /** By the slots whose gradients it gives. */
  readonly gradients: readonly { readonly slots: readonly string[], readonly side: Side }[]
}

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
  const query = { first: 0, count, base: count, columns: count }
  const key = { first: count, count, base: 0, columns: count }
  return {
    ...{ pairs: count, rows: 2 * count, length, anchors: symmetric ? 2 * count : count, flags: 0 },
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
  const query = { first: 0, count, base: 2 * count, columns }
  return {
    ...{ pairs: count, rows: 2 * count + sizeOf(shape.slice(0, -1)), length, anchors: count },
    flags: own ? OWN_COLUMNS : 0,
    loss: query,
    opposite: null,
    gradients: [
      { slots: ['query'], side: query },
      { slots: ['key'], side: { first: count, count, base: 0, columns: 0 } },
      { slots: ['negatives'], side: own ? query : { first: 2 * count, count: columns, base: 0, columns: count } }
    ]
  }
}

/** Rows of both sides against each other. */
function amongAll (count: number, length: number, flags: number): Comparison {
  const all = { first: 0, count: 2 * count, base: 0, columns: 2 * count }
  return {
    ...{ pairs: count, rows: 2 * count, length, anchors: 2 * count, flags },
    loss: all,
    opposite: null,
    gradients: [{ slots: ['query', 'key'], side: all }]
  }
}

function layOut (given: Given, comparison: Comparison): Layout {
  const { loss, opposite } = comparison
  const wanted = comparison.gradients.filter(({ slots }) => slots.some(slot => given.gradients.has(slot)))
  const first = opposite ?? loss
  const keeps = worthKeeping(comparison, [...wanted.map(({ side }) => side), ...opposite === null ? [] : [loss]])
  const stage = (kernel: string, side: Side): Stage => sweep(comparison, kernel, side, keeps ? keptBy(first, side) : 0)
  const summing = (kernel: string, side: Side): Stage => sweep(comparison, kernel, side, keeps ? KEEP : 0)
  return {
    shape: [loss.count],
    batch: loss.count,
    divisor: loss.count,
    order: ['query', 'key', 'negatives'],
    maps: {},
    before: [prepare(comparison), ...opposite === null ? [] : [summing('pairs_statistics', opposite)]],
    sum: opposite === null ? summing(given.id, loss) : stage(given.id, loss),
    after: wanted.map(({ slots, side }) => withSums(comparison, stage(gradientKernel(comparison, slots), side))),
    work: workSize(comparison, keeps ? first : null)
  }
}

/** Whether similarities are needed again, and there is room. */
function worthKeeping ({ flags, length, loss }: Comparison, later: readonly Side[]): boolean {
  return flags !== OWN_COLUMNS && later.some(side => side.columns > 0) && loss.columns <= MOST_KEPT * Math.max(length, LINE)
}

/** How a stage reads what the first one kept. */
function keptBy (first: Side, side: Side): number { return side.first === first.first ? KEPT : KEPT + TRANSPOSED }

function gradientKernel ({ flags }: Comparison, slots: readonly string[]): string {
  return flags === OWN_COLUMNS && slots.includes('negatives') ? 'pairs_outer_gradient' : 'pairs_gradient'
}

function prepare (comparison: Comparison): Stage {
  const { rows, length } = comparison
  const block = rowsPerBlock(length)
  const side = { first: 0, count: rows, base: 0, columns: 0 }
  return { ...sweep(comparison, 'pairs_prepare', side, 0), block, cost: block * (length + LINE) * FETCH_COST }
}

function sweep (comparison: Comparison, kernel: string, side: Side, keeping: number): Stage {
  const { pairs, anchors, length } = comparison
  const { first, count, base, columns } = side
  // A row with columns of its own is a block of its own.
  const block = comparison.flags === OWN_COLUMNS && columns > 0 ? 1 : PAIRS_ROWS
  const products = keeping === 0 || keeping === KEEP ? length : 0
  return {
    kernel,
    count,
    block,
    extents: [pairs, anchors, first, base, columns, length, comparison.flags + keeping, comparison.rows + SLACK_ROWS],
    scratch: SWEEP_SIZE + 2 * PAIRS_ROWS * PAIRS_TILE * 8 + PAIRS_ROWS * bytesOf(length),
    cost: block * (columns + 1) * (products * PRODUCT_COST + ENTRY_COST)
  }
}

/** `stage` with the cost of the weighted sums of its columns. */
function withSums ({ length }: Comparison, stage: Stage): Stage {
  return { ...stage, cost: stage.cost + stage.block * (stage.extents[COLUMNS]! + 1) * length * PRODUCT_COST }
}

/** Bytes of a row, as whole cache lines. */
function bytesOf (length: number): number { return Math.ceil(length / LINE) * LINE * 8 }

/** An odd number of lines: see kernels/pairs/sweep.ts. */
function oddLines (bytes: number): number { return bytes / 64 % 2 === 0 ? bytes + 64 : bytes }

/** Bytes of the work area (kernels/pairs/layout.ts); `keeper` is the side whose similarities are kept. */
function workSize ({ pairs, rows, length }: Comparison, keeper: Side | null): number {
  const kept = keeper === null ? 0 : (keeper.count + 1) * oddLines(bytesOf(keeper.columns))
  return 4 * bytesOf(2 * pairs + STATISTICS_SLACK) + (rows + SLACK_ROWS) * oddLines(bytesOf(length) + 64) + kept
}
