import { logOfBase, logRatio, PROBABILITIES, SCORES, weighted } from '../rows/distribution'
import { COUNTS, LOG_P, LOG_Q, P, Q, readBoth, slopesOfQ, TERMS } from '../rows/pair'
import { pairAt, scaleBy, scratchAt, storeAt, total } from '../rows/row'
import { pullBack, scoresOf } from '../rows/softmax'
import { Row, Rowwise, rowwise, spareRow } from '../rowwise'
import { clip, within } from '../slots/clip'

/** Σ p·ln(p/q) / ln b, of p and q clipped to [eps, 1] when eps > 0. */
@final @unmanaged class KlDivergence<T extends number> extends Rowwise {
  base: f64
  inputKind: f64
  validate: f64
  eps: f64

  @inline value (row: Row): f64 {
    readBoth<T>(row, this.inputKind, this.validate != 0)
    return divergence<T>(row, this.inputKind, this.eps) / logOfBase(this.base)
  }

  @inline gradient (row: Row): void {
    const factor = 1 / logOfBase(this.base)
    const plain = this.inputKind == PROBABILITIES && this.eps == 0
    if (row.g0 != 0) {
      if (plain) plainSlopesOfP(row)
      else slopesOfP(row, this.inputKind, this.eps)
      scaleBy(row.g0, row.n0, factor)
    }
    if (row.g1 != 0) {
      if (plain) plainSlopesOfQ(row)
      else slopesOfClippedQ(row, this.inputKind, this.eps)
      scaleBy(row.g1, row.n0, factor)
    }
  }
}

/** Bounds that clip nothing when eps is 0. */
// @ts-ignore: decorator
@inline function leastOf (eps: f64): f64 { return eps > 0 ? eps : -Infinity }
// @ts-ignore: decorator
@inline function mostOf (eps: f64): f64 { return eps > 0 ? 1 : Infinity }

/** Two entries of p or q, clipped. */
// @ts-ignore: decorator
@inline function clippedAt (row: Row, k: u32, i: u32, eps: f64): v128 {
  return clip(pairAt(spareRow(row, k), i, row.n0), leastOf(eps), mostOf(eps))
}

/** Σ p·ln(p/q); ln(p/q) replaces ln p, but for a constant that scores leave out of it. */
function divergence<T extends number> (row: Row, form: f64, eps: f64): f64 {
  const ratios = spareRow(row, LOG_P)
  const terms = spareRow(row, TERMS)
  const direct = form != PROBABILITIES && eps == 0
  const shift = f64x2.splat(direct ? scoresOf(row, 0).log - scoresOf(row, 1).log : 0)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const p = clippedAt(row, P, i, eps)
    const q = clippedAt(row, Q, i, eps)
    const ratio = direct
      ? f64x2.sub(pairAt(ratios, i, row.n0), pairAt(spareRow(row, LOG_Q), i, row.n0))
      : logRatio<T>(p, q)
    storeAt(ratios, i, ratio)
    storeAt(terms, i, weighted(p, f64x2.sub(ratio, shift), q))
  }
  return total(terms, row.n0)
}

/** Of probabilities that are not clipped: ln(p/q) + 1, which is −∞ at p = 0. */
function plainSlopesOfP (row: Row): void {
  const zero = f64x2.splat(0)
  const n = row.n0; const g = row.g0
  const p = spareRow(row, P); const q = spareRow(row, Q); const logs = spareRow(row, LOG_P)
  for (let i: u32 = 0; i < n; i += 2) {
    const slope = f64x2.add(scratchAt(logs, i), f64x2.splat(1))
    const bottom = v128.and(f64x2.eq(scratchAt(p, i), zero), f64x2.le(scratchAt(q, i), zero))
    storeAt(g, i, v128.bitselect(f64x2.splat(-Infinity), slope, bottom))
  }
}

/** The same for q: −p/q. */
function plainSlopesOfQ (row: Row): void {
  const n = row.n0; const g = row.g1
  const p = spareRow(row, P); const q = spareRow(row, Q)
  for (let i: u32 = 0; i < n; i += 2) storeAt(g, i, f64x2.neg(f64x2.div(scratchAt(p, i), scratchAt(q, i))))
}

/** ln(p/q) + 1, which is −∞ at p = 0; to logarithms through p·∂p, and on to scores, where a constant cancels. */
function slopesOfP (row: Row, form: f64, eps: f64): void {
  const zero = f64x2.splat(0)
  const one = f64x2.splat(form == SCORES && eps == 0 ? 0 : 1)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const p = pairAt(spareRow(row, P), i, row.n0)
    const q = clippedAt(row, Q, i, eps)
    const slope = f64x2.add(pairAt(spareRow(row, LOG_P), i, row.n0), one)
    const bottom = v128.and(f64x2.eq(p, zero), f64x2.le(q, zero))
    const own = form == PROBABILITIES
      ? v128.bitselect(f64x2.splat(-Infinity), slope, bottom)
      : weighted(p, slope, q)
    const kept = v128.and(own, v128.or(within(p, leastOf(eps), mostOf(eps)), f64x2.ne(p, p)))
    storeAt(row.g0, i, form == SCORES ? f64x2.neg(kept) : kept)
  }
  if (form == SCORES) pullBack(scoresOf(row, 0), spareRow(row, P), 1, row.g0, row.n0, row.g0)
}

/** The same for q in any form, of p and q that may be clipped. */
function slopesOfClippedQ (row: Row, form: f64, eps: f64): void {
  for (let i: u32 = 0; i < row.n0; i += 2) storeAt(spareRow(row, COUNTS), i, clippedAt(row, P, i, eps))
  slopesOfQ(row, form, leastOf(eps), mostOf(eps))
}

export function kl_divergence_f32 (call: usize): void { rowwise<KlDivergence<f32>, f32>(call) }
export function kl_divergence_f64 (call: usize): void { rowwise<KlDivergence<f64>, f64>(call) }
