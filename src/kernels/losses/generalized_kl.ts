import { exp, log } from '../functions'
import { logRatio } from '../rows/distribution'
import { pairAt, storeAt, total } from '../rows/row'
import { excess } from '../rows/series'
import { Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** Terms of the sum. */
const TERMS: u32 = 0

/** Σ t·ln t − t·x + e^x − t; optax `generalized_kl_divergence`. */
@final @unmanaged class GeneralizedKl extends Rowwise {
  value (row: Row): f64 {
    const n = row.n0
    const terms = spareRow(row, TERMS)
    for (let i: u32 = 0; i < n; i += 2) storeAt(terms, i, divergence(pairAt(row.p0, i, n), pairAt(row.p1, i, n)))
    return total(terms, n)
  }

  gradient (row: Row): void {
    const n = row.n0
    for (let i: u32 = 0; i < n; i += 2) {
      const x = pairAt(row.p0, i, n)
      const t = pairAt(row.p1, i, n)
      if (row.g0 != 0) storeAt(row.g0, i, f64x2.sub(exp(x), t))
      if (row.g1 != 0) storeAt(row.g1, i, slopeOfTarget(x, t))
    }
  }
}

/** Lanes in which t > 0 and q are finite and within a factor of 2. */
// @ts-ignore: decorator
@inline function areNear (t: v128, q: v128): v128 {
  const two = f64x2.splat(2)
  const near = v128.and(f64x2.le(t, f64x2.mul(q, two)), f64x2.le(q, f64x2.mul(t, two)))
  return v128.and(near, v128.and(f64x2.gt(t, f64x2.splat(0)), f64x2.lt(t, f64x2.splat(Infinity))))
}

/** With q = e^x the divergence is t·(e^d − 1 − d), d = ln(q/t), where q and t are near, and d comes from their difference. */
function divergence (x: v128, t: v128): v128 {
  const q = exp(x)
  const near = areNear(t, q)
  const empty = f64x2.eq(t, f64x2.splat(0))
  const ratio = v128.bitselect(f64x2.neg(x), f64x2.sub(log(t), x), empty)
  const far = f64x2.add(f64x2.mul(t, ratio), f64x2.sub(q, t))
  if (!v128.any_true(near)) return far
  return v128.bitselect(f64x2.mul(t, excess(f64x2.neg(logRatio<f64>(t, q)))), far, near)
}

/** ln t − x, which is −∞ at t = 0. */
function slopeOfTarget (x: v128, t: v128): v128 {
  const q = exp(x)
  const bottom = v128.and(f64x2.eq(t, f64x2.splat(0)), f64x2.eq(x, x))
  const slope = v128.bitselect(logRatio<f64>(t, q), f64x2.sub(log(t), x), areNear(t, q))
  return v128.bitselect(f64x2.splat(-Infinity), slope, bottom)
}

export function generalized_kl_f32 (call: usize): void { wideRowwise<GeneralizedKl, f32>(call) }
export function generalized_kl_f64 (call: usize): void { wideRowwise<GeneralizedKl, f64>(call) }
