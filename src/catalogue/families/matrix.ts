// Losses that need a whole matrix S of similarities of row vectors a_i and column vectors b_j: dot products or squared
// distances, in float64 whatever the precision, kept in the work area (kernels/matrix/layout.ts). Its stages are
//
//   matrix_vectors    operands → a_i and b_j, normalised or standardised where asked; labels as int64
//   matrix_products   S
//   <loss>_rows, …    what the loss itself wants to know of rows or columns beforehand (`first`)
//   <loss>            ℓ_i from row i of S, and, where gradients are wanted, ∂Σℓ/∂S in the row's place
//   matrix_gradient   from those to the gradients of the operands
//   matrix_scalar     the gradient of a slot of one element, as the sum of a statistic over the rows
//
// A family of such losses checks its shapes and calls `matrix` with a Plan. Its kernel is a class that extends MatrixLoss
// (kernels/matrix.ts), run by `matrixLoss<L, T>`:
//
//   value (m, i)      gives ℓ_i. It reads similarities(m, i), m.columns float64, and rowLabel(m, i), columnLabel(m, j). If
//                     wantsSlopes(m), it fills slopesAt(m, i), which is the same place unless the plan says `apart`, with
//                     ∂ℓ_i/∂S_i; upstream and the scale of the reduction are multiplied in by others. Where ∂/∂S_i has
//                     parts of other entries' losses, it applies upstreamOf(m, i) itself and sets m.weighed = 1. It may
//                     set m.weight (divisor 'weight') and call refuseElement. spareList(m, k), k < `spares`, is scratch.
//   prepare (m, i)    run by `matrixStatistics<L, T>` as a stage of `first`; writes to statistic(m, k), k < `statistics`.
//
// Logits A·Bᵀ + bias are S with the bias added by the loss; scalarAt(m, slot, absent) reads a slot of one element.
import type { AxisMap, Divisor, Stage } from '../../engine/job.js'
import {
  APART, lined, MATRIX_ROWS, MATRIX_SIZE, NO_SLOT, NORMALIZE_COLUMNS, NORMALIZE_ROWS, OF_COLUMNS, OF_ROWS, SHARED, SLOPES
} from '../../kernels/matrix/layout.js'
import type { Shape } from '../../tensor/shape.js'
import { batchOf, rowsPerBlock, type Given, type Layout } from '../layout.js'

/** What every entry of these families says about its arithmetic. */
export const IN_FLOAT64 = 'The whole matrix of similarities is kept, in float64: rows × columns × 8 bytes.'

/** Nanoseconds for a product in a sum of products, for an entry of S in a loss, and to fetch an element. */
const PRODUCT_COST = 0.2
const ENTRY_COST = 15
const FETCH_COST = 4

/** Vectors of an operand: how many, in which slot, and where their labels are. */
export interface Vectors {
  readonly slot: string
  readonly map: AxisMap
  readonly count: number
  readonly normalize: boolean
  readonly labels?: { readonly slot: string, readonly map: AxisMap }
}

/** What a family knows of its loss. */
export interface Plan {
  /** All slots of the entry, in the order of the kernel's operands; at most eight. */
  readonly order: readonly string[]
  readonly rows: Vectors
  /** Left out where the rows are the first of the columns, whose number this is then. */
  readonly columns: Vectors | number
  /** With PAIRED: the slot that has the second half of the columns, laid out as the first. */
  readonly partner?: string
  readonly length: number
  /** DISTANCES, CENTER, STANDARDIZE, SPARSE, PAIRED (kernels/matrix/layout.ts). */
  readonly flags?: number
  readonly apart?: boolean
  /** Stages of the loss itself beforehand: kernels called like the loss, an underscore, and this. */
  readonly first?: readonly { readonly name: string, readonly over: 'rows' | 'columns', readonly cost?: number }[]
  /** Lists that they fill. */
  readonly statistics?: number
  /** Scratch lists of a row's length. */
  readonly spares?: number
  /** Nanoseconds for an entry of S in the summing stage, where it is not as usual. */
  readonly cost?: number
  /** Slots of one element whose gradients are the sums of statistics. */
  readonly scalars?: Readonly<Record<string, number>>
  /** Maps of other operands. */
  readonly maps?: Readonly<Record<string, AxisMap>>
  /** Shape of the unreduced loss, (rows) if left out. A scalar is one entry, made of what `first` left. */
  readonly shape?: Shape
  /** What mean divides by: `weight` is what the loss adds up. If left out, the number of entries. */
  readonly divisor?: 'weight' | number
  /** What a mean over nothing is. */
  readonly none?: number
  /** Rows of a sample, a whole batch apart. */
  readonly views?: number
}

/** Rows of a matrix, from its first element on. */
export function rowsOf ([count, length]: Shape): AxisMap {
  return { length: length!, stride: 1, axes: [[count!, length!]], stretched: false }
}

/** Elements of a list. */
export function elementsOf (count: number): AxisMap { return { length: 1, stride: 1, axes: [[count, 1]], stretched: false } }

/** The layout of a loss over a matrix. */
export function matrix (given: Given, plan: Plan): Layout {
  const { rows, columns, order } = plan
  const sides = typeof columns === 'number' ? [rows] : [rows, columns]
  const isScalar = plan.shape?.length === 0
  const shape = plan.shape ?? [rows.count]
  const divisor: Divisor = plan.divisor === 'weight' ? { repetition: 1 } : plan.divisor ?? (isScalar ? 1 : rows.count)
  const entries = isScalar ? 1 : rows.count
  return {
    shape,
    batch: batchOf(shape),
    divisor,
    ...plan.none === undefined ? {} : { none: plan.none },
    ...plan.views === undefined ? {} : { views: plan.views },
    order,
    maps: {
      ...plan.maps,
      ...Object.fromEntries(sides.map(({ slot, map }) => [slot, map])),
      ...plan.partner === undefined ? {} : { [plan.partner]: rows.map },
      ...Object.fromEntries(sides.flatMap(({ labels }) => labels === undefined ? [] : [[labels.slot, labels.map]]))
    },
    before: [vectorsStage(given, plan), productsStage(given, plan), ...firstStages(given, plan)],
    sum: { ...stage(given, plan, given.id, entries, plan.cost ?? ENTRY_COST), ...isScalar ? { block: 1 } : {} },
    after: gradientStages(given, plan),
    work: workSize(plan)
  }
}

function columnsOf ({ columns }: Plan): number { return typeof columns === 'number' ? columns : columns.count }

/** A stage over `count` rows or columns, whose every entry of S takes `cost` nanoseconds. */
function stage (given: Given, plan: Plan, kernel: string, count: number, cost: number): Stage {
  const columns = columnsOf(plan)
  const block = Math.max(1, Math.floor(2048 / Math.max(columns, 1)))
  return {
    kernel,
    count,
    block,
    extents: [plan.rows.count, columns, plan.length, flagsOf(given, plan), slotsOf(plan)],
    scratch: MATRIX_SIZE + Math.max((plan.spares ?? 0) * lined(columns + 2), (MATRIX_ROWS + 2) * lined(plan.length)),
    cost: block * (columns + 1) * cost
  }
}

function flagsOf (given: Given, { rows, columns, apart, flags }: Plan): number {
  const both = typeof columns === 'number' ? rows : columns
  return (flags ?? 0) + (typeof columns === 'number' ? SHARED : 0) + (rows.normalize ? NORMALIZE_ROWS : 0) +
    (both.normalize ? NORMALIZE_COLUMNS : 0) + (apart === true ? APART : 0) + (given.gradients.size > 0 ? SLOPES : 0)
}

/** The operands that hold rows, columns, labels of rows, labels of columns. */
function slotsOf ({ order, rows, columns, partner }: Plan): number {
  const other = typeof columns === 'number' ? rows : columns
  const at = (slot: string | undefined): number => slot === undefined ? NO_SLOT : order.indexOf(slot)
  return at(rows.slot) + at(partner ?? other.slot) * 16 + at(rows.labels?.slot) * 256 + at(other.labels?.slot) * 4096
}

function vectorsStage (given: Given, plan: Plan): Stage {
  const { rows, columns, length } = plan
  const count = typeof columns === 'number' ? columns : rows.count + columns.count
  const block = rowsPerBlock(length)
  return { ...stage(given, plan, 'matrix_vectors', count, 0), block, cost: block * (length + 8) * FETCH_COST }
}

function productsStage (given: Given, plan: Plan): Stage {
  return onBlocks(stage(given, plan, 'matrix_products', plan.rows.count, 0), columnsOf(plan) * plan.length)
}

/** `base` in blocks of vectors, each of which takes so many products. */
function onBlocks (base: Stage, products: number): Stage {
  return { ...base, block: MATRIX_ROWS, cost: MATRIX_ROWS * (products + 64) * PRODUCT_COST }
}

function firstStages (given: Given, plan: Plan): Stage[] {
  return (plan.first ?? []).map(({ name, over, cost }) =>
    stage(given, plan, `${given.id}_${name}`, over === 'rows' ? plan.rows.count : columnsOf(plan), cost ?? ENTRY_COST))
}

function gradientStages (given: Given, plan: Plan): Stage[] {
  const { rows, columns, length, order } = plan
  const side = (of: number, { slot }: Vectors, count: number, others: number): Stage[] => {
    if (!given.gradients.has(slot) && !(plan.partner !== undefined && given.gradients.has(plan.partner))) return []
    const base = stage(given, plan, 'matrix_gradient', count, 0)
    return [onBlocks({ ...base, extents: [...base.extents, of] }, others * length)]
  }
  const scalars = Object.entries(plan.scalars ?? {}).filter(([slot]) => given.gradients.has(slot)).map(([slot, statistic]) => {
    const base = stage(given, plan, 'matrix_scalar', 1, 0)
    return { ...base, extents: [...base.extents, order.indexOf(slot), statistic], cost: rows.count }
  })
  return [
    ...typeof columns === 'number'
      ? side(OF_ROWS, rows, columns, rows.count + columns)
      : [...side(OF_ROWS, rows, rows.count, columns.count), ...side(OF_COLUMNS, columns, columns.count, rows.count)],
    ...scalars
  ]
}

/** Bytes of the work area. */
function workSize (plan: Plan): number {
  const rows = plan.rows.count
  const columns = columnsOf(plan)
  const vectors = typeof plan.columns === 'number' ? columns : rows + columns
  return lined(rows + columns) + lined(rows) + lined(columns) + vectors * lined(plan.length) +
    (plan.apart === true ? 2 : 1) * rows * lined(columns) + (plan.statistics ?? 0) * lined(Math.max(rows, columns))
}
