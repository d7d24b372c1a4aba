// A stage over the matrix: where everything lies (layout.ts), and how a loss reaches it.
import { CALL_SCRATCH, CALL_WORK, INDEX } from '../layout'
import { addressOf, dtypeOf, elementAt, extentOf, operandAt } from '../operand'
import { Scores } from '../rows/softmax'
import { pulledBy, sampleWeight, sourceOf } from '../shares'
import {
  APART, LINE_SIZE, MATRIX_SIZE, M_COLUMNS, M_FLAGS, M_LENGTH, M_ROWS, M_SLOTS, NORMALIZE_COLUMNS, NORMALIZE_ROWS, SHARED, SLOPES
} from './layout'

/** Where the scores of a row are, behind the record. */
const SCORES: usize = 192

/** A stage, worked out from its Call; it lies at the start of the part's scratch. */
@final @unmanaged export class Matrix {
  call: usize
  /** Rows and columns of S, length of a vector. */
  rows: u32
  columns: u32
  length: u32
  flags: u32
  slots: u32
  /** 1 when operands and answers are float32. */
  single: u32
  norms: usize
  rowLabels: usize
  columnLabels: usize
  /** a_0, b_0, and the bytes from one vector to the next. */
  a: usize
  b: usize
  pitch: usize
  /** Row 0 of S and of the slopes, and the bytes from one row to the next. */
  s: usize
  slopes: usize
  width: usize
  /** List 0 of the statistics, and the bytes from one to the next. */
  statistics: usize
  reach: usize
  /** Spare lists of the part. */
  spare: usize
  /** What the row in hand adds to the divisor of a weighted mean. */
  weight: f64
  /** Set by a loss whose slopes have grad_output in them already. */
  weighed: u32
  /** Set to refuse an operand: code, slot and element; recorded as what the operand holds there. */
  fault: u32
  faultSlot: u32
  faultIndex: u32
}

/** Bytes of a list; as `lined` in layout.ts. */
// @ts-ignore: decorator
@inline function listSize (count: u32): usize { return (((<usize>count + 7) >> 3) | 1) * LINE_SIZE }

/** The stage of `call`; T is the precision. */
export function matrixOf<T extends number> (call: usize): Matrix {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const m = changetype<Matrix>(scratch)
  m.call = call
  m.rows = extentOf(call, M_ROWS)
  m.columns = extentOf(call, M_COLUMNS)
  m.length = extentOf(call, M_LENGTH)
  m.flags = extentOf(call, M_FLAGS)
  m.slots = extentOf(call, M_SLOTS)
  m.single = sizeof<T>() == 4 ? 1 : 0
  m.spare = scratch + MATRIX_SIZE
  place(m, <usize>load<u32>(call, CALL_WORK))
  return m
}

/** Addresses within the work area. */
function place (m: Matrix, work: usize): void {
  const shared = (m.flags & SHARED) != 0
  m.pitch = listSize(m.length)
  m.width = listSize(m.columns)
  m.reach = listSize(max<u32>(m.rows, m.columns))
  m.norms = work
  m.rowLabels = m.norms + listSize(m.rows + m.columns)
  m.columnLabels = m.rowLabels + listSize(m.rows)
  m.a = m.columnLabels + listSize(m.columns)
  m.b = m.a + (shared ? 0 : <usize>m.rows * m.pitch)
  m.s = m.b + <usize>m.columns * m.pitch
  m.slopes = m.s + ((m.flags & APART) != 0 ? <usize>m.rows * m.width : 0)
  m.statistics = m.slopes + <usize>m.rows * m.width
}

/** Whether vector `z` is a row that is no column. */
// @ts-ignore: decorator
@inline export function isRow (m: Matrix, z: u32): bool { return (m.flags & SHARED) == 0 && z < m.rows }

/** Whether vector `z` is divided by its norm. */
export function isNormalized (m: Matrix, z: u32): bool {
  return (m.flags & (isRow(m, z) ? NORMALIZE_ROWS : NORMALIZE_COLUMNS)) != 0
}

/** Vector `z`. */
// @ts-ignore: decorator
@inline export function vectorAt (m: Matrix, z: u32): usize { return m.a + <usize>z * m.pitch }

/** Where the norm of vector `z` is. */
// @ts-ignore: decorator
@inline export function normAt (m: Matrix, z: u32): usize { return m.norms + (<usize>z << 3) }

/** Row `i` of S. */
// @ts-ignore: decorator
@inline export function similarities (m: Matrix, i: u32): usize { return m.s + <usize>i * m.width }

/** Row `i` of ∂Σℓ/∂S, which a loss fills where `wantsSlopes`. */
// @ts-ignore: decorator
@inline export function slopesAt (m: Matrix, i: u32): usize { return m.slopes + <usize>i * m.width }

// @ts-ignore: decorator
@inline export function wantsSlopes (m: Matrix): bool { return (m.flags & SLOPES) != 0 }

/** List `k` of the statistics. */
// @ts-ignore: decorator
@inline export function statistic (m: Matrix, k: u32): usize { return m.statistics + <usize>k * m.reach }

/** Spare list `k` of the part, with room for a row and 2 numbers more. */
// @ts-ignore: decorator
@inline export function spareList (m: Matrix, k: u32): usize { return m.spare + <usize>k * listSize(m.columns + 2) }

/** Label of row `i`. */
// @ts-ignore: decorator
@inline export function rowLabel (m: Matrix, i: u32): i64 { return load<i64>(m.rowLabels + (<usize>i << 3)) }

/** Label of column `j`. */
// @ts-ignore: decorator
@inline export function columnLabel (m: Matrix, j: u32): i64 { return load<i64>(m.columnLabels + (<usize>j << 3)) }

/** grad_output of row `i`, 1 where there is none, times its sample weight. */
export function upstreamOf (m: Matrix, i: u32): f64 { return m.single != 0 ? pulledBy<f32>(m.call, i) : pulledBy<f64>(m.call, i) }

/** Sample weight of row `i`, 1 where there is none. */
export function rowWeight (m: Matrix, i: u32): f64 { return m.single != 0 ? sampleWeight<f32>(m.call, i) : sampleWeight<f64>(m.call, i) }

/** The operand of one element in slot `k`, rounded to the precision; `absent` where it was left out. */
export function scalarAt (m: Matrix, k: u32, absent: f64): f64 {
  const operand = operandAt(m.call, k)
  const dtype = dtypeOf(operand)
  if (addressOf(operand) == 0) return absent
  const value = elementAt(addressOf(operand), dtype & (INDEX - 1), 0)
  return m.single != 0 ? <f64><f32>value : value
}

/** Refuses element `index` of slot `slot`, of those that are kept; the evaluation ends with fault `code`. */
export function refuseElement (m: Matrix, code: u32, slot: u32, index: u32): void {
  m.fault = code
  m.faultSlot = slot
  m.faultIndex = sourceOf(m.call, index)
}

/** Room for what a loss knows of the scores in list `k` of two, behind the record. */
// @ts-ignore: decorator
@inline export function keptScores (m: Matrix, k: u32 = 0): Scores {
  return changetype<Scores>(changetype<usize>(m) + SCORES + <usize>k * offsetof<Scores>())
}

/** A row that has nothing to compare: its loss and its slopes are 0. */
export function noLoss (m: Matrix, i: u32): f64 {
  if (wantsSlopes(m)) memory.fill(slopesAt(m, i), 0, <usize>m.columns << 3)
  return 0
}
