import { logOf } from '../functions/of'
import {
  LOGARITHMS, logOfBase, PROBABILITIES, readDistribution, renormalize, SCORES, takeLogs, weighted
} from '../rows/distribution'
import { COUNTS, LOG_Q, P, Q, readBoth, slopesOfQ, TERMS } from '../rows/pair'
import { pairAt, scaleBy, storeAt, total } from '../rows/row'
import { pullBack, scoresOf } from '../rows/softmax'
import { Row, Rowwise, rowwise, spareRow } from '../rowwise'
import { clip, within } from '../slots/clip'

/** −Σ p·ln q / ln b; q is divided by its sum and then clipped to [eps, 1 − eps] on demand. */
@final @unmanaged class DistributionCrossEntropy<T extends number> extends Rowwise {
  base: f64
  inputKind: f64
  validate: f64
  eps: f64
  renormalize: f64

  @inline value (row: Row): f64 {
    readBoth<T>(row, this.inputKind, this.validate != 0)
    if (this.renormalize != 0) renormalizeQ<T>(row, this.inputKind)
    else if (this.inputKind == PROBABILITIES) takeLogs<T>(spareRow(row, Q), row.n0, spareRow(row, LOG_Q))
    absolute<T>(row, this.eps)
    return crossEntropy(row) / logOfBase(this.base)
  }

  @inline gradient (row: Row): void {
    const factor = 1 / logOfBase(this.base)
    if (row.g0 != 0) slopesOfP(row, this.inputKind, this.eps)
    if (row.g0 != 0) scaleBy(row.g0, row.n0, factor)
    if (row.g1 == 0) return
    memory.copy(spareRow(row, COUNTS), spareRow(row, P), <usize>row.n0 << 3)
    slopesOfQ(row, formOfQ(this.inputKind, this.renormalize), leastOf(this.eps), mostOf(this.eps))
    if (this.renormalize != 0 && this.inputKind == PROBABILITIES) throughSum(row)
    scaleBy(row.g1, row.n0, factor)
  }
}

/** Bounds that clip nothing when eps is 0. */
// @ts-ignore: decorator
@inline function leastOf (eps: f64): f64 { return eps > 0 ? eps : -Infinity }
// @ts-ignore: decorator
@inline function mostOf (eps: f64): f64 { return eps > 0 ? 1 - eps : Infinity }

/** Logarithms that are renormalised are scores. */
function formOfQ (form: f64, renormalized: f64): f64 {
  return form == LOGARITHMS && renormalized != 0 ? SCORES : form
}

function renormalizeQ<T extends number> (row: Row, form: f64): void {
  if (form == PROBABILITIES) return renormalize<T>(row, spareRow(row, Q), row.n0, spareRow(row, LOG_Q))
  readDistribution<T, f64>(scoresOf(row, 1), SCORES, row.p1, row.n0, spareRow(row, Q), spareRow(row, LOG_Q))
}

/** Clips ln q where q lies outside [eps, 1 − eps]; row.c is what scores leave out of it. */
function absolute<T extends number> (row: Row, eps: f64): void {
  row.c = scoresOf(row, 1).log
  if (eps == 0) return
  const shift = f64x2.splat(row.c)
  const logs = spareRow(row, LOG_Q)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const q = pairAt(spareRow(row, Q), i, row.n0)
    const inside = within(q, leastOf(eps), mostOf(eps))
    const own = f64x2.sub(pairAt(logs, i, row.n0), shift)
    storeAt(logs, i, v128.bitselect(own, logOf<T>(clip(q, leastOf(eps), mostOf(eps))), inside))
  }
  row.c = 0
}

/** −Σ p·ln q. */
function crossEntropy (row: Row): f64 {
  const terms = spareRow(row, TERMS)
  const shift = f64x2.splat(row.c)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const loss = f64x2.sub(shift, pairAt(spareRow(row, LOG_Q), i, row.n0))
    storeAt(terms, i, weighted(pairAt(spareRow(row, P), i, row.n0), loss, pairAt(spareRow(row, Q), i, row.n0)))
  }
  return total(terms, row.n0)
}

/** −ln q, which is 0 at p = q = 0; to logarithms through p·∂p, and on to scores, where a constant cancels. */
function slopesOfP (row: Row, form: f64, eps: f64): void {
  const zero = f64x2.splat(0)
  const shift = f64x2.splat(form == SCORES ? 0 : row.c)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const p = pairAt(spareRow(row, P), i, row.n0)
    const q = clip(pairAt(spareRow(row, Q), i, row.n0), leastOf(eps), mostOf(eps))
    const slope = f64x2.sub(shift, pairAt(spareRow(row, LOG_Q), i, row.n0))
    const bottom = v128.and(f64x2.eq(p, zero), f64x2.le(q, zero))
    const own = form == PROBABILITIES ? v128.andnot(slope, bottom) : weighted(p, slope, q)
    storeAt(row.g0, i, form == SCORES ? f64x2.neg(own) : own)
  }
  if (form == SCORES) pullBack(scoresOf(row, 0), spareRow(row, P), 1, row.g0, row.n0, row.g0)
}

/** ∂q through q/Σq: (g − Σ g·r)/Σq. */
function throughSum (row: Row): void {
  const n = row.n0
  const terms = spareRow(row, TERMS)
  for (let i: u32 = 0; i < n; i += 2) {
    storeAt(terms, i, f64x2.mul(pairAt(row.g1, i, n), pairAt(spareRow(row, Q), i, n)))
  }
  const mean = f64x2.splat(total(terms, n))
  for (let i: u32 = 0; i < n; i += 2) {
    storeAt(row.g1, i, f64x2.div(f64x2.sub(pairAt(row.g1, i, n), mean), f64x2.splat(row.b)))
  }
}

export function distribution_cross_entropy_f32 (call: usize): void { rowwise<DistributionCrossEntropy<f32>, f32>(call) }
export function distribution_cross_entropy_f64 (call: usize): void { rowwise<DistributionCrossEntropy<f64>, f64>(call) }
