// Lays the rows of query, key and negatives out as Z: padded with zeros, divided by their norm when asked. Rows that
// are only there to fill a panel are zeros.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_TO, F64 } from '../layout'
import { addressOf, dtypeOf, gather, operandAt } from '../operand'
import { sourceOf } from '../shares'
import { PANEL } from './layout'
import { dot } from './rows'
import { acrossPitch, isKey, isOwn, isQuery, panelAt, placeIn, rowAt, statistic, sweepOf, Sweep } from './sweep'
import { choosePrecision } from './precision'

/** Least norm that a row is divided by; PyTorch F.normalize. */
export const EPSILON: f64 = 1e-12

/** Fills the part's rows of Z. */
export function prepare<T extends number> (call: usize): void {
  const s = sweepOf<T>(call)
  const end = endOf(call)
  for (let z = startOf(call); z < end; z++) {
    fetch<T>(s, z)
    const norm = sqrt(dot(rowAt(s, z), rowAt(s, z), s.span))
    store<f64>(statistic(s.norms, z), norm)
    store<f64>(statistic(s.maxima, z), 0)
    store<f64>(statistic(s.factors, z), 0)
    if (s.normalize != 0) divide(s, rowAt(s, z), max<f64>(norm, EPSILON))
    if (sizeof<T>() == 4) narrow(s, z)
  }
}

/** Fills the part's columns of Zᵀ. */
export function transpose<T extends number> (call: usize): void {
  const s = sweepOf<T>(call)
  if (sizeof<T>() == 4) choosePrecision(s)
  for (let z = startOf(call); z < endOf(call); z += PANEL) {
    if (s.isNarrow) transposeNarrow(s, z)
    else transposeWide(s, z)
  }
}

/** The part's first row. */
function startOf (call: usize): u32 { return load<u32>(call, CALL_FROM) * load<u32>(call, CALL_BLOCK) }

/** One past its last row. */
function endOf (call: usize): u32 {
  return min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * load<u32>(call, CALL_BLOCK))
}

/** The operand that row `z` came from: query, key or negatives. */
export function operandOf (s: Sweep, z: u32): usize {
  return operandAt(s.call, isQuery(s, z) ? 0 : isKey(s, z) ? 1 : 2)
}

/** First element of row `z` within its operand. */
export function offsetIn (s: Sweep, z: u32): usize {
  const row = isQuery(s, z) ? sourceOf(s.call, z) : isKey(s, z) ? sourceOf(s.call, z - s.keys) : negativeOf(s, z - 2 * s.keys)
  return <usize>row * <usize>s.length
}

/** Which of all negatives the one is that is `n`-th among those that are left: where each query has its own, they go with it. */
function negativeOf (s: Sweep, n: u32): u32 {
  if (!isOwn(s)) return n
  const each = (s.rows - 2 * s.keys) / s.pairs
  return sourceOf(s.call, n / each) * each + n % each
}

/** Whether row `z` only fills a panel. */
function isFiller (s: Sweep, z: u32): bool { return z >= s.rows || (z < 2 * s.keys && !isQuery(s, z) && !isKey(s, z)) }

/** The elements of row `z`, by way of scratch, where they lie one after the other. */
function fetch<T extends number> (s: Sweep, z: u32): void {
  memory.fill(s.sums, 0, s.span / PANEL)
  if (!isFiller(s, z)) {
    const operand = operandOf(s, z)
    const from = addressOf(operand)
    const offset = offsetIn(s, z)
    if (sizeof<T>() == 8 && dtypeOf(operand) == F64) memory.copy(s.sums, from + (offset << 3), <usize>s.length << 3)
    else gather<T>(from, dtypeOf(operand), offset, 1, s.length, s.sums)
  }
  const to = rowAt(s, z)
  for (let at: usize = 0; at < s.span; at += 64) v128.store(to + at, v128.load(s.sums + (at >> 2)))
}

/** row ÷ divisor. */
function divide (s: Sweep, row: usize, divisor: f64): void {
  const d = f64x2.splat(divisor)
  for (let at: usize = 0; at < s.span; at += 64) v128.store(row + at, f64x2.div(v128.load(row + at), d))
}

/** Row `z` as float32. */
function narrow (s: Sweep, z: u32): void {
  const from = rowAt(s, z)
  const to = panelAt<f32>(s, z) + placeIn(z)
  for (let at: usize = 0; at < s.span; at += 128) {
    const low = f32x4.demote_f64x2_zero(v128.load(from + at))
    const high = f32x4.demote_f64x2_zero(v128.load(from + at, 64))
    v128.store(to + (at >> 1), v128.shuffle<f64>(low, high, 0, 2))
  }
}

/** Four rows from `z` on, float64, as columns: two pieces of two rows make two pieces of two columns. */
function transposeWide (s: Sweep, z: u32): void {
  const pitch = acrossPitch<f64>(s)
  let from = panelAt<f64>(s, z)
  let to = s.across + (<usize>z << 5)
  for (let panel: usize = 0; panel < s.span; panel += 128, from += 128, to += pitch) {
    for (let half: usize = 0; half < 128; half += 32) {
      const target = to + ((half & 32) << 1) + ((half & 64) >> 1)
      const a = v128.load(from + half)
      const b = v128.load(from + half, 16)
      v128.store(target, v128.shuffle<f64>(a, b, 0, 2))
      v128.store(target, v128.shuffle<f64>(a, b, 1, 3), 16)
    }
  }
}

/** Four rows from `z` on, float32, as columns. */
function transposeNarrow (s: Sweep, z: u32): void {
  const pitch = acrossPitch<f32>(s)
  let to = s.across + (<usize>z << 4)
  const end = panelAt<f32>(s, z) + (s.span >> 1)
  for (let from = panelAt<f32>(s, z); from < end; from += 64, to += pitch) {
    const a = v128.load(from)
    const b = v128.load(from, 16)
    const c = v128.load(from, 32)
    const d = v128.load(from, 48)
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
    const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
    v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2))
    v128.store(to, v128.shuffle<f64>(ab, cd, 1, 3), 16)
    v128.store(to, v128.shuffle<f64>(ab2, cd2, 0, 2), 32)
    v128.store(to, v128.shuffle<f64>(ab2, cd2, 1, 3), 48)
  }
}
