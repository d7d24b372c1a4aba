// Distributions: rows of probabilities, of their logarithms, or of scores that go through softmax. Whatever came is
// laid out as probabilities and as logarithms; logarithms that came are never put through exp and log again.
import { log, log1p, scalarLog, scalarLog1p } from '../functions'
import { expOf, logOf } from '../functions/of'
import * as single from '../functions/single'
import { refuse, Row } from '../rowwise'
import { within } from '../slots/clip'
import { elementOf, greatest, pairAt, pairOf, setElement, storeAt, total, widen } from './row'
import { readScores, Scores, toSoftmax } from './softmax'

/** Forms that a distribution may come in. */
export const PROBABILITIES: f64 = 0
export const LOGARITHMS: f64 = 1
export const SCORES: f64 = 2

const NEGATIVE: u32 = 1
const UNBALANCED: u32 = 2

/** ln b, which values and gradients are divided by; 1 for e, whose code is 0. */
export function logOfBase (base: f64): f64 { return base == 0 ? 1 : scalarLog(base) }

/**
 * Lays `n` entries of T at `from` out as probabilities at `p`, and at `l` as the logarithms that they are, if they are;
 * of scores but for a constant, −scores.log, which cancels wherever logarithms are compared. Exponentials are as
 * accurate as E asks.
 */
export function readDistribution<T extends number, E extends number> (
  scores: Scores, form: f64, from: usize, n: u32, p: usize, l: usize
): void {
  scores.log = 0
  if (form == PROBABILITIES) return widen<T>(from, n, p)
  if (form == SCORES) return readLogits<T, E>(scores, from, n, p, l)
  widen<T>(from, n, l)
  for (let i: u32 = 0; i < n; i += 2) storeAt(p, i, expOf<E>(pairOf<T>(from, i, n)))
}

/** Writes the logarithms of probabilities. */
export function takeLogs<T extends number> (p: usize, n: u32, l: usize): void {
  for (let i: u32 = 0; i < n; i += 2) storeAt(l, i, logOf<T>(pairAt(p, i, n)))
}

function readLogits<T extends number, E extends number> (scores: Scores, from: usize, n: u32, p: usize, l: usize): void {
  if (n == 0) return
  readScores<T, E>(scores, from, n, p)
  const most = f64x2.splat(scores.most)
  toSoftmax(scores, p, n, p)
  for (let i: u32 = 0; i < n; i += 2) storeAt(l, i, f64x2.sub(pairOf<T>(from, i, n), most))
}

/** Divides probabilities by their sum, to which row.b is set; their logarithms follow without cancellation. */
export function renormalize<T extends number> (row: Row, p: usize, n: u32, l: usize): void {
  if (n == 0) return
  const at = greatest(p, n)
  const most = elementOf(p, at)
  setElement(p, at, 0)
  const rest = total(p, n)
  setElement(p, at, most)
  row.b = rest + most
  const sum = f64x2.splat(row.b)
  for (let i: u32 = 0; i < n; i += 2) {
    const share = f64x2.div(pairAt(p, i, n), sum)
    storeAt(p, i, share)
    storeAt(l, i, logOf<T>(share))
  }
  setElement(l, at, -scalarLog1p(rest / most))
}

/** p·l, where l = ln q: 0 where p = 0 and q is not NaN. */
// @ts-ignore: decorator
@inline export function weighted (p: v128, l: v128, q: v128): v128 {
  return v128.andnot(f64x2.mul(p, l), v128.and(f64x2.eq(p, f64x2.splat(0)), f64x2.eq(q, q)))
}

/** ln(p/q), relatively accurate also where p and q are nearly equal, as what is close may cancel in a sum. */
// @ts-ignore: decorator
@inline export function logRatio<T extends number> (p: v128, q: v128): v128 {
  if (sizeof<T>() == 8) return logRatioOf(p, q)
  const ordinary = v128.and(within(p, 1e-150, 1e150), within(q, 1e-150, 1e150))
  return v128.all_true<i64>(ordinary) ? single.logRatio(p, q) : logRatioOf(p, q)
}

/**
 * ln(p/q): where they are within a factor of 2 from p − q, which is then exact, else from the quotient, or from their
 * logarithms where that would leave the range of numbers or tell nothing of a sign.
 */
function logRatioOf (p: v128, q: v128): v128 {
  const two = f64x2.splat(2)
  const near = v128.and(f64x2.le(p, f64x2.mul(q, two)), f64x2.le(q, f64x2.mul(p, two)))
  if (v128.all_true<i64>(near)) return logNear(p, q)
  const ratio = f64x2.div(p, q)
  const sane = v128.and(within(ratio, 1e-300, 1e300), f64x2.gt(p, f64x2.splat(0)))
  const far = v128.all_true<i64>(v128.or(near, sane)) ? log(ratio) : f64x2.sub(log(p), log(q))
  return v128.any_true(near) ? v128.bitselect(logNear(p, q), far, near) : far
}

function logNear (p: v128, q: v128): v128 { return log1p(f64x2.div(f64x2.sub(p, q), q)) }

/** Refuses slot `slot`, whose probabilities are at `p`, for a negative entry or a sum other than 1. */
export function validate (row: Row, slot: u32, p: usize): void {
  const n = row.n0
  for (let i: u32 = 0; i < n; i++) {
    if (elementOf(p, i) < 0) return refuse(row, NEGATIVE, slot, i, elementOf(p, i))
  }
  const sum = total(p, n)
  const tolerance = row.single != 0 ? 1e-4 : 1e-6
  if (!(Math.abs(sum - 1) <= tolerance)) refuse(row, UNBALANCED, slot, 0, sum)
}
