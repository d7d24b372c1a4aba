// e^(z − m) of float32 scores z, four lanes at a time, where m is the greatest score of a lane's row. They come in units
// of their own, 2^64·e^(m − K·ln 2) to 1 with K = nearest(m·log₂ e), so that no rounded difference z − m is needed: the
// reduction z = k·ln 2 + r is exact but for the last step, and 2^(k − K + 64) takes the range into account. Where m is
// so large that the reduction would not be exact, z − m is: the two are within a factor of two wherever it matters.
import { add, at, mul, sub } from '../functions/four/arithmetic'

/** Greatest scores from this size on are subtracted first. */
const LARGE = memory.data<f32>([512])
const LOG2_E = memory.data<f32>([1.4426950408889634])
// ln 2 = HIGH + LOW; HIGH has 10 bits, so that its product with k is exact.
const LN2_HIGH = memory.data<f32>([0.693359375])
const LN2_LOW = memory.data<f32>([-2.12194440e-4])
const LN2 = memory.data<f32>([0.6931471805599453])

/** Added to |k| < 2^21 it rounds k to an integer, whose bits are then the lowest. */
const ROUNDER: f32 = 12582912
/** The unit's exponent and float32's bias: what k = K has in its exponent field. */
const TOP: f32 = 64 + 127
const ROUND = memory.data<f32>([ROUNDER])
const ROUND_TOP = memory.data<f32>([ROUNDER + TOP])
const TOPS = memory.data<f32>([TOP])

// e^r = 1 + r + r²·Q(r) for |r| ≤ 0.3475: minimax (Remez), good to 2^-28.
const ONE = memory.data<f32>([1])
const Q0 = memory.data<f32>([0.4999999403953552])
const Q1 = memory.data<f32>([0.1666651964187622])
const Q2 = memory.data<f32>([0.04166840389370918])
const Q3 = memory.data<f32>([0.00836889911442995])
const Q4 = memory.data<f32>([0.001381422160193324])

/** What the scores of four lanes are compared with, and the sums of their exponentials. */
@unmanaged export class Base {
  /** Subtracted from a score; where the difference is less than `least`, the exponential is 0. */
  center: v128
  least: v128
  /** ROUNDER and what makes k an exponent field. */
  shift: v128
  /** K·ln 2 − (m − center), as f64: logarithm of the unit, but for 2^64. */
  offsetLow: v128
  offsetHigh: v128
  /** Sums of lanes 0 and 1, and of lanes 2 and 3, as f64. */
  sumLow: v128
  sumHigh: v128
  /** The greatest scores, and how many of them are left out of the sums, as i32. */
  most: v128
  ties: v128
}

/** Lanes 0 and 1 as f64. */
// @ts-ignore: decorator
@inline export function lowOf (x: v128): v128 { return f64x2.promote_low_f32x4(x) }
/** Lanes 2 and 3 as f64. */
// @ts-ignore: decorator
@inline export function highOf (x: v128): v128 { return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3)) }

/** Two pairs of f64, rounded to four f32. */
// @ts-ignore: decorator
@inline export function joined (low: v128, high: v128): v128 {
  return i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5)
}

/** Sets the base to the greatest scores `most`; exponentials of a lane that is not finite come out NaN. */
export function setBase (base: Base, most: v128): void {
  const center = v128.and(most, f32x4.ge(f32x4.abs(most), at(LARGE)))
  const top = sub(most, center)
  const K = sub(add(mul(top, at(LOG2_E)), at(ROUND)), at(ROUND))
  base.center = center
  base.least = mul(sub(K, at(TOPS)), at(LN2))
  base.shift = sub(at(ROUND_TOP), K)
  const ln2 = f64x2.splat(0.6931471805599453)
  base.offsetLow = f64x2.sub(f64x2.mul(lowOf(K), ln2), lowOf(top))
  base.offsetHigh = f64x2.sub(f64x2.mul(highOf(K), ln2), highOf(top))
  base.sumLow = f64x2.splat(0)
  base.sumHigh = f64x2.splat(0)
  base.most = most
  base.ties = i32x4.splat(0)
}

/** Within 1.4 ulp before rounding, 0 below 2^-190 of the greatest. NaN stays. */
// @ts-ignore: decorator
@inline function exponential (z: v128, center: v128, least: v128, shift: v128): v128 {
  const x = f32x4.pmax(sub(z, center), least)
  const t = add(mul(x, at(LOG2_E)), shift)
  const k = sub(t, shift)
  const r = sub(sub(x, mul(k, at(LN2_HIGH))), mul(k, at(LN2_LOW)))
  const r2 = mul(r, r)
  const front = add(at(Q0), mul(at(Q1), r))
  const back = add(add(at(Q2), mul(at(Q3), r)), mul(at(Q4), r2))
  const p = add(at(ONE), add(r, mul(r2, add(front, mul(back, r2)))))
  return mul(p, i32x4.shl(t, 23))
}

/**
 * Writes the exponentials of `vectors` × 4 scores to `to` and adds them to the sums: four vectors at a time, then one.
 * `step` is 16, or 0 for exponentials that nobody keeps: then 64 bytes at `to` are enough.
 */
export function sumExponentials (base: Base, from: usize, vectors: u32, to: usize, step: usize): void {
  const center = base.center; const least = base.least; const shift = base.shift
  let low0 = base.sumLow; let high0 = base.sumHigh
  let low1 = f64x2.splat(0); let high1 = low1
  const end = from + (<usize>vectors << 4)
  for (; from + 64 <= end; from += 64) {
    const a = exponential(v128.load(from), center, least, shift)
    const b = exponential(v128.load(from, 16), center, least, shift)
    const c = exponential(v128.load(from, 32), center, least, shift)
    const d = exponential(v128.load(from, 48), center, least, shift)
    v128.store(to, a); v128.store(to, b, 16); v128.store(to, c, 32); v128.store(to, d, 48)
    low0 = f64x2.add(low0, lowOf(a)); high0 = f64x2.add(high0, highOf(a))
    low1 = f64x2.add(low1, lowOf(b)); high1 = f64x2.add(high1, highOf(b))
    low0 = f64x2.add(low0, lowOf(c)); high0 = f64x2.add(high0, highOf(c))
    low1 = f64x2.add(low1, lowOf(d)); high1 = f64x2.add(high1, highOf(d))
    to += 4 * step
  }
  for (; from < end; from += 16) {
    const e = exponential(v128.load(from), center, least, shift)
    v128.store(to, e)
    low0 = f64x2.add(low0, lowOf(e)); high0 = f64x2.add(high0, highOf(e))
    to += step
  }
  base.sumLow = f64x2.add(low0, low1)
  base.sumHigh = f64x2.add(high0, high1)
}

/** The same, but for what is as great as the greatest: that is counted, and not added. */
export function sumOthers (base: Base, from: usize, vectors: u32, to: usize, step: usize): void {
  const center = base.center; const least = base.least; const shift = base.shift; const most = base.most
  let low0 = base.sumLow; let high0 = base.sumHigh
  let low1 = f64x2.splat(0); let high1 = low1
  let ties = base.ties
  const end = from + (<usize>vectors << 4)
  for (; from + 32 <= end; from += 32) {
    const y = v128.load(from)
    const z = v128.load(from, 16)
    const a = exponential(y, center, least, shift)
    const b = exponential(z, center, least, shift)
    v128.store(to, a); v128.store(to + step, b)
    const tiesA = f32x4.eq(y, most)
    const tiesB = f32x4.eq(z, most)
    ties = i32x4.sub(i32x4.sub(ties, tiesA), tiesB)
    const othersA = v128.andnot(a, tiesA)
    const othersB = v128.andnot(b, tiesB)
    low0 = f64x2.add(low0, lowOf(othersA)); high0 = f64x2.add(high0, highOf(othersA))
    low1 = f64x2.add(low1, lowOf(othersB)); high1 = f64x2.add(high1, highOf(othersB))
    to += 2 * step
  }
  if (from < end) {
    const z = v128.load(from)
    const e = exponential(z, center, least, shift)
    v128.store(to, e)
    const tied = f32x4.eq(z, most)
    const others = v128.andnot(e, tied)
    ties = i32x4.sub(ties, tied)
    low0 = f64x2.add(low0, lowOf(others)); high0 = f64x2.add(high0, highOf(others))
  }
  base.sumLow = f64x2.add(low0, low1)
  base.sumHigh = f64x2.add(high0, high1)
  base.ties = ties
}
