import { scalarPow } from '../functions'
import { powOf } from '../functions/of'
import { elementOf, greatest, pairAt, pairOf, storeAt, total } from '../rows/row'
import { Row, Rowwise, rowwise, spareRow } from '../rowwise'

/** |δ|, and terms of a sum. */
const MAGNITUDES: u32 = 0
const TERMS: u32 = 1

/**
 * ‖x − y + ε‖_p; PyTorch `F.pairwise_distance`, with ε = 0 `torch.linalg.vector_norm`. Magnitudes are divided by the
 * greatest before they are raised to p, so that none overflows and not all underflow.
 */
@final @unmanaged class EuclideanDistance<T extends number> extends Rowwise {
  p: f64
  eps: f64

  @inline value (row: Row): f64 {
    row.a = this.p == 2 && sizeof<T>() == 4 ? plainNorm<T>(row, this.eps) : norm<T>(row, this.p, this.eps)
    return row.a
  }

  @inline gradient (row: Row): void {
    if (row.g0 != 0) slopes<T>(row, this.p, this.eps, 1, row.g0)
    if (row.g1 != 0) slopes<T>(row, this.p, this.eps, -1, row.g1)
  }
}

/** x − y + ε of two components. */
// @ts-ignore: decorator
@inline function deviation<T extends number> (row: Row, i: u32, eps: f64): v128 {
  return f64x2.add(f64x2.sub(pairOf<T>(row.p0, i, row.n0), pairOf<T>(row.p1, i, row.n0)), f64x2.splat(eps))
}

/** The norm of order 2 of float32, whose squares float64 has room for. */
function plainNorm<T extends number> (row: Row, eps: f64): f64 {
  const n = row.n0
  let sums = f64x2.splat(0); let others = sums
  let i: u32 = 0
  for (; i + 4 <= n; i += 4) {
    const a = deviation<T>(row, i, eps)
    const b = deviation<T>(row, i + 2, eps)
    sums = f64x2.add(sums, f64x2.mul(a, a))
    others = f64x2.add(others, f64x2.mul(b, b))
  }
  sums = f64x2.add(sums, others)
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  for (; i < n; i++) {
    const delta = f64x2.extract_lane(deviation<T>(row, i, eps), 0)
    sum += delta * delta
  }
  return Math.sqrt(sum)
}

function norm<T extends number> (row: Row, p: f64, eps: f64): f64 {
  const magnitudes = spareRow(row, MAGNITUDES)
  for (let i: u32 = 0; i < row.n0; i += 2) storeAt(magnitudes, i, f64x2.abs(deviation<T>(row, i, eps)))
  return row.n0 == 0 ? 0 : normOf<T>(row, magnitudes, p)
}

function normOf<T extends number> (row: Row, magnitudes: usize, p: f64): f64 {
  if (p == 1) return total(magnitudes, row.n0)
  const most = elementOf(magnitudes, greatest(magnitudes, row.n0))
  if (p == Infinity || most == 0 || !(most < Infinity)) return most
  const terms = spareRow(row, TERMS)
  const unit = f64x2.splat(most)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const ratio = f64x2.div(pairAt(magnitudes, i, row.n0), unit)
    storeAt(terms, i, p == 2 ? f64x2.mul(ratio, ratio) : powOf<T>(ratio, f64x2.splat(p)))
  }
  const sum = total(terms, row.n0)
  return most * (p == 2 ? Math.sqrt(sum) : scalarPow(sum, 1 / p))
}

/** ±∂norm/∂δ. */
function slopes<T extends number> (row: Row, p: f64, eps: f64, sign: f64, gradient: usize): void {
  const n = row.n0
  if (row.a == 0) return memory.fill(gradient, 0, <usize>n << 3)
  const unit = f64x2.splat(row.a)
  if (p == 2) return directions<T>(row, eps, f64x2.splat(sign * row.a), gradient)
  const magnitudes = spareRow(row, MAGNITUDES)
  const ties = p == Infinity ? <f64>countOf(magnitudes, n, row.a) : 0
  for (let i: u32 = 0; i < n; i += 2) {
    const delta = deviation<T>(row, i, eps)
    const magnitude = pairAt(magnitudes, i, n)
    const direction = f64x2.mul(f64x2.splat(sign), signOf(delta))
    let size = f64x2.splat(1)
    if (p == Infinity) size = f64x2.div(v128.and(reaches(magnitude, unit), f64x2.splat(1)), f64x2.splat(ties))
    else if (p != 1) size = powOf<T>(f64x2.div(magnitude, unit), f64x2.splat(p - 1))
    storeAt(gradient, i, f64x2.mul(direction, size))
  }
}

/** δ/unit. */
function directions<T extends number> (row: Row, eps: f64, unit: v128, gradient: usize): void {
  for (let i: u32 = 0; i < row.n0; i += 2) storeAt(gradient, i, f64x2.div(deviation<T>(row, i, eps), unit))
}

/** −1, 0 or 1; 0 for NaN. */
// @ts-ignore: decorator
@inline function signOf (x: v128): v128 {
  const above = v128.and(f64x2.gt(x, f64x2.splat(0)), f64x2.splat(1))
  return f64x2.sub(above, v128.and(f64x2.lt(x, f64x2.splat(0)), f64x2.splat(1)))
}

/** Whether a magnitude is the greatest; NaN always is. */
// @ts-ignore: decorator
@inline function reaches (magnitude: v128, unit: v128): v128 {
  return v128.or(f64x2.eq(magnitude, unit), f64x2.ne(magnitude, magnitude))
}

/** How many magnitudes are the greatest. */
function countOf (magnitudes: usize, n: u32, most: f64): u32 {
  let count: u32 = 0
  for (let i: u32 = 0; i < n; i++) {
    const magnitude = elementOf(magnitudes, i)
    if (magnitude == most || magnitude != magnitude) count++
  }
  return count
}

export function euclidean_distance_f32 (call: usize): void { rowwise<EuclideanDistance<f32>, f32>(call) }
export function euclidean_distance_f64 (call: usize): void { rowwise<EuclideanDistance<f64>, f64>(call) }
