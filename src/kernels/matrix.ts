// Runs a loss of one entry per row of a matrix of similarities, which the stages of the family have filled
// (catalogue/families/matrix.ts). The loss reads row after row, and overwrites it by its slopes where gradients are wanted.
import {
  CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_TO, CALL_UPSTREAM, PARTIAL_SIZE, PARTIAL_SUM,
  PARTIAL_WEIGHT
} from './layout'
import { Matrix, matrixOf, rowWeight, slopesAt, upstreamOf, wantsSlopes } from './matrix/matrix'
import { scatter, storeSingle } from './operand'
import { recordFault } from './rows/fault'
import { countOf, isShared, sourceOf } from './shares'

/** What a loss of a matrix says. */
@unmanaged export class MatrixLoss {
  /** ℓ of row `i`; where `wantsSlopes(m)`, it writes ∂ℓ/∂S to `slopesAt(m, i)`. May set weight, weighed, fault. */
  @inline value (_m: Matrix, _i: u32): f64 { return NaN }
  /** What a stage beforehand leaves of row or column `i` in the statistics. */
  @inline prepare (_m: Matrix, _i: u32): void {}
}

/** Runs loss L over the rows of one part. */
export function matrixLoss<L extends MatrixLoss, T extends number> (call: usize): void {
  const m = matrixOf<T>(call)
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    block<L, T>(m, b * size, min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size), partial)
  }
}

/** Runs what L does beforehand for the rows or columns of one part. */
export function matrixStatistics<L extends MatrixLoss, T extends number> (call: usize): void {
  const m = matrixOf<T>(call)
  const loss = changetype<L>(call + CALL_OPTIONS)
  const size = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  for (let i = load<u32>(call, CALL_FROM) * size; i < end; i++) loss.prepare(m, i)
}

/** Rows [start, end): their losses, sums and slopes, up to the first fault. */
function block<L extends MatrixLoss, T extends number> (m: Matrix, start: u32, end: u32, partial: usize): void {
  const loss = changetype<L>(m.call + CALL_OPTIONS)
  const out = <usize>load<u32>(m.call, CALL_LOSS)
  let sum: f64 = 0
  let weight: f64 = 0
  for (let i = start; i < end; i++) {
    m.weight = 0
    m.weighed = 0
    m.fault = 0
    const value = loss.value(m, i)
    if (m.fault != 0) return recordFault(m.call, m.fault, m.faultSlot, m.faultIndex, 0, NaN, partial)
    const own = rowWeight(m, i)
    sum += value * own
    weight += own * countOf(m.call, m.weight)
    if (out != 0) storeSingle<T>(out, sourceOf(m.call, i), f64x2.splat(value * own))
    if (wantsSlopes(m) && m.weighed == 0) weigh(m, i)
  }
  store<f64>(partial, sum, PARTIAL_SUM)
  store<f64>(partial, weight, PARTIAL_WEIGHT)
}

/** Multiplies the slopes of row `i` by its grad_output and its sample weight. */
function weigh (m: Matrix, i: u32): void {
  if (load<u32>(m.call, CALL_UPSTREAM) == 0 && !isShared(m.call)) return
  scatter<f64>(slopesAt(m, i), m.columns, upstreamOf(m, i), slopesAt(m, i), 1)
}
