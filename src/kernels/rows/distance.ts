// The p-norm of the difference of two rows, and its slopes. Magnitudes are divided by the greatest before they are raised
// to p, so that none overflows and not all underflow.
import { scalarPow } from '../functions'
import { powOf } from '../functions/of'
import { Row, spareRow } from '../rowwise'
import { signOf } from '../slots/kinks'
import { elementOf, greatest, pairAt, pairOf, storeAt, total } from './row'

/** Spare rows that are written to: |δ|, and terms of a sum. */
const MAGNITUDES: u32 = 0
const TERMS: u32 = 1
/** The first that a loss may use itself. */
export const FREE: u32 = 2

/** ‖x − y + ε‖_p of two rows of T. */
export function distance<T extends number> (row: Row, x: usize, y: usize, p: f64, eps: f64): f64 {
  return p == 2 && row.single != 0 ? plainNorm<T>(x, y, row.n0, eps) : norm<T>(row, x, y, p, eps)
}

/** x − y + ε of two components. */
// @ts-ignore: decorator
@inline function deviation<T extends number> (x: usize, y: usize, i: u32, n: u32, eps: f64): v128 {
  return f64x2.add(f64x2.sub(pairOf<T>(x, i, n), pairOf<T>(y, i, n)), f64x2.splat(eps))
}

/** The norm of order 2 of float32, whose squares float64 has room for. */
function plainNorm<T extends number> (x: usize, y: usize, n: u32, eps: f64): f64 {
  let sums = f64x2.splat(0); let others = sums
  let i: u32 = 0
  for (; i + 4 <= n; i += 4) {
    const a = deviation<T>(x, y, i, n, eps)
    const b = deviation<T>(x, y, i + 2, n, eps)
    sums = f64x2.add(sums, f64x2.mul(a, a))
    others = f64x2.add(others, f64x2.mul(b, b))
  }
  sums = f64x2.add(sums, others)
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  for (; i < n; i++) {
    const delta = f64x2.extract_lane(deviation<T>(x, y, i, n, eps), 0)
    sum += delta * delta
  }
  return Math.sqrt(sum)
}

function norm<T extends number> (row: Row, x: usize, y: usize, p: f64, eps: f64): f64 {
  const magnitudes = spareRow(row, MAGNITUDES)
  for (let i: u32 = 0; i < row.n0; i += 2) storeAt(magnitudes, i, f64x2.abs(deviation<T>(x, y, i, row.n0, eps)))
  return row.n0 == 0 ? 0 : normOf<T>(magnitudes, spareRow(row, TERMS), row.n0, p)
}

/** The norm of `n` ≥ 1 magnitudes; `terms` has room for as many. */
export function normOf<T extends number> (magnitudes: usize, terms: usize, n: u32, p: f64): f64 {
  if (p == 0) return <f64>(n - countOf(magnitudes, n, 0))
  if (p == 1) return total(magnitudes, n)
  const most = elementOf(magnitudes, greatest(magnitudes, n))
  if (p == Infinity || most == 0 || !(most < Infinity)) return most
  const unit = f64x2.splat(most)
  for (let i: u32 = 0; i < n; i += 2) {
    const ratio = f64x2.div(pairAt(magnitudes, i, n), unit)
    storeAt(terms, i, p == 2 ? f64x2.mul(ratio, ratio) : powOf<T>(ratio, f64x2.splat(p)))
  }
  const sum = total(terms, n)
  return most * (p == 2 ? Math.sqrt(sum) : scalarPow(sum, 1 / p))
}

/** ±∂/∂x of the distance, which is `norm`, to the row `to`; that of y has the other sign. */
export function distanceSlopes<T extends number> (
  row: Row, x: usize, y: usize, p: f64, eps: f64, norm: f64, sign: f64, to: usize
): void {
  const n = row.n0
  if (norm == 0 || p == 0) return memory.fill(to, 0, <usize>n << 3)
  if (p == 2) return directions<T>(x, y, n, eps, f64x2.splat(sign * norm), to)
  const ties = p == Infinity ? tiesOf<T>(x, y, n, eps, norm) : 0
  for (let i: u32 = 0; i < n; i += 2) {
    const delta = deviation<T>(x, y, i, n, eps)
    const direction = f64x2.mul(f64x2.splat(sign), signOf(delta))
    const slope = f64x2.mul(direction, sizeOf<T>(f64x2.abs(delta), p, f64x2.splat(norm), ties))
    // A component of 0 has no slope, also where p < 1 would make it infinite.
    storeAt(to, i, p < 1 ? v128.andnot(slope, f64x2.eq(delta, f64x2.splat(0))) : slope)
  }
}

/** How steep the norm is in components of these magnitudes. */
// @ts-ignore: decorator
@inline function sizeOf<T extends number> (magnitude: v128, p: f64, norm: v128, ties: f64): v128 {
  if (p == 1) return f64x2.splat(1)
  if (p == Infinity) return f64x2.div(v128.and(reaches(magnitude, norm), f64x2.splat(1)), f64x2.splat(ties))
  return powOf<T>(f64x2.div(magnitude, norm), f64x2.splat(p - 1))
}

/** δ/unit. */
function directions<T extends number> (x: usize, y: usize, n: u32, eps: f64, unit: v128, to: usize): void {
  for (let i: u32 = 0; i < n; i += 2) storeAt(to, i, f64x2.div(deviation<T>(x, y, i, n, eps), unit))
}

/** Whether a magnitude is the greatest; NaN always is. */
// @ts-ignore: decorator
@inline function reaches (magnitude: v128, norm: v128): v128 {
  return v128.or(f64x2.eq(magnitude, norm), f64x2.ne(magnitude, magnitude))
}

/** How many magnitudes are the greatest. */
function tiesOf<T extends number> (x: usize, y: usize, n: u32, eps: f64, norm: f64): f64 {
  let count: u32 = 0
  for (let i: u32 = 0; i < n; i++) {
    const magnitude = f64x2.abs(deviation<T>(x, y, i, n, eps))
    if (i64x2.bitmask(reaches(magnitude, f64x2.splat(norm))) & 1) count++
  }
  return <f64>count
}

/** How many elements are `value`. */
function countOf (row: usize, n: u32, value: f64): u32 {
  let count: u32 = 0
  for (let i: u32 = 0; i < n; i++) if (elementOf(row, i) == value) count++
  return count
}

/** Adds `factor` times a row in scratch to another. */
export function addScaled (from: usize, n: u32, factor: f64, to: usize): void {
  const factors = f64x2.splat(factor)
  for (let i: u32 = 0; i < n; i += 2) {
    storeAt(to, i, f64x2.add(v128.load(to + (<usize>i << 3)), f64x2.mul(factors, v128.load(from + (<usize>i << 3)))))
  }
}
