import { pow, scalarPow } from '../functions'
import { elementOf, greatest, pairAt, storeAt, total } from '../rows/row'
import { Row, Rowwise, rowwise, spareRow } from '../rowwise'

/** |δ|, and terms of a sum. */
const MAGNITUDES: u32 = 0
const TERMS: u32 = 1

/**
 * ‖x − y + ε‖_p; PyTorch `F.pairwise_distance`, with ε = 0 `torch.linalg.vector_norm`. Magnitudes are divided by the
 * greatest before they are raised to p, so that none overflows and not all underflow.
 */
@final @unmanaged class EuclideanDistance extends Rowwise {
  p: f64
  eps: f64

  @inline value (row: Row): f64 { return norm(row, this.p, this.eps) }

  @inline gradient (row: Row): void {
    if (row.g0 != 0) slopes(row, this.p, this.eps, 1, row.g0)
    if (row.g1 != 0) slopes(row, this.p, this.eps, -1, row.g1)
  }
}

/** x − y + ε of two components. */
// @ts-ignore: decorator
@inline function deviation (row: Row, i: u32, eps: f64): v128 {
  return f64x2.add(f64x2.sub(pairAt(row.p0, i, row.n0), pairAt(row.p1, i, row.n0)), f64x2.splat(eps))
}

/** The norm, which is also left in row.a. */
function norm (row: Row, p: f64, eps: f64): f64 {
  const magnitudes = spareRow(row, MAGNITUDES)
  for (let i: u32 = 0; i < row.n0; i += 2) storeAt(magnitudes, i, f64x2.abs(deviation(row, i, eps)))
  row.a = row.n0 == 0 ? 0 : normOf(row, magnitudes, p)
  return row.a
}

function normOf (row: Row, magnitudes: usize, p: f64): f64 {
  if (p == 1) return total(magnitudes, row.n0)
  const most = elementOf(magnitudes, greatest(magnitudes, row.n0))
  if (p == Infinity || most == 0 || !(most < Infinity)) return most
  const terms = spareRow(row, TERMS)
  const unit = f64x2.splat(most)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const ratio = f64x2.div(pairAt(magnitudes, i, row.n0), unit)
    storeAt(terms, i, p == 2 ? f64x2.mul(ratio, ratio) : pow(ratio, f64x2.splat(p)))
  }
  const sum = total(terms, row.n0)
  return most * (p == 2 ? Math.sqrt(sum) : scalarPow(sum, 1 / p))
}

/** ±∂norm/∂δ. */
function slopes (row: Row, p: f64, eps: f64, sign: f64, gradient: usize): void {
  const n = row.n0
  if (row.a == 0) return memory.fill(gradient, 0, <usize>n << 3)
  const unit = f64x2.splat(row.a)
  const magnitudes = spareRow(row, MAGNITUDES)
  const ties = p == Infinity ? <f64>countOf(magnitudes, n, row.a) : 0
  for (let i: u32 = 0; i < n; i += 2) {
    const delta = deviation(row, i, eps)
    const magnitude = pairAt(magnitudes, i, n)
    const direction = f64x2.mul(f64x2.splat(sign), signOf(delta))
    let size = f64x2.splat(1)
    if (p == Infinity) size = f64x2.div(v128.and(reaches(magnitude, unit), f64x2.splat(1)), f64x2.splat(ties))
    else if (p == 2) size = f64x2.div(magnitude, unit)
    else if (p != 1) size = pow(f64x2.div(magnitude, unit), f64x2.splat(p - 1))
    storeAt(gradient, i, f64x2.mul(direction, size))
  }
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

export function euclidean_distance_f32 (call: usize): void { rowwise<EuclideanDistance, f32>(call) }
export function euclidean_distance_f64 (call: usize): void { rowwise<EuclideanDistance, f64>(call) }
