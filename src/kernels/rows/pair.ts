// Two distributions p and q in slots 0 and 1: how losses that compare them lay them out and differentiate q.
import { PROBABILITIES, readDistribution, SCORES, validate } from './distribution'
import { pairAt, storeAt } from './row'
import { pullBack, scoresOf } from './softmax'
import { Row, spareRow } from '../rowwise'
import { within } from '../slots/clip'

/** Spare rows: p, ln p, q, ln q (of scores but for a constant), and two that a loss may use as it likes. */
export const P: u32 = 0
export const LOG_P: u32 = 1
export const Q: u32 = 2
export const LOG_Q: u32 = 3
export const TERMS: u32 = 4
export const COUNTS: u32 = 5

/** Lays both out, with every digit, as what is compared may cancel; refuses them when they are to be validated and are not distributions. */
export function readBoth<T extends number> (row: Row, form: f64, validated: bool): void {
  readDistribution<T, f64>(scoresOf(row, 0), form, row.p0, row.n0, spareRow(row, P), spareRow(row, LOG_P))
  readDistribution<T, f64>(scoresOf(row, 1), form, row.p1, row.n0, spareRow(row, Q), spareRow(row, LOG_Q))
  if (validated) validate(row, 0, spareRow(row, P))
  if (validated && row.fault == 0) validate(row, 1, spareRow(row, Q))
}

/**
 * ∂q of Σ −a·ln q, with a in the spare row COUNTS; nothing where q is clipped to [least, most]. To logarithms it goes
 * through q·∂q = −a, which needs no division by q.
 */
export function slopesOfQ (row: Row, form: f64, least: f64, most: f64): void {
  const n = row.n0
  const counts = spareRow(row, COUNTS)
  for (let i: u32 = 0; i < n; i += 2) {
    const q = pairAt(spareRow(row, Q), i, n)
    const count = pairAt(counts, i, n)
    const slope = f64x2.neg(form == PROBABILITIES ? f64x2.div(count, q) : count)
    const kept = v128.or(within(q, least, most), f64x2.ne(q, q))
    storeAt(row.g1, i, v128.and(slope, kept))
    storeAt(counts, i, v128.and(count, kept))
  }
  if (form == SCORES) pullBack(scoresOf(row, 1), spareRow(row, Q), 1, counts, n, row.g1)
}
