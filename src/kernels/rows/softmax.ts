// Softmax of a row of scores z, and what goes back through it. With m = max z = z_k everything is built from
// e_c = e^(z_c − m) and from rest = Σ_{c≠k} e_c: ln Σ e^z = m + ln(1 + rest), and neither this sum nor m − z_c and
// ln(1 + rest) cancel, so that results keep their relative accuracy however sure the scores are.
import { scalarLog1p } from '../functions'
import { decay } from '../functions/decay'
import * as single from '../functions/single'
import { loadPair } from '../operand'
import { RECORD_SIZE, Row } from '../rowwise'
import { firstGreatest } from './greatest'
import { elementOf, numberAt, pairAt, pairOf, scratchAt, setElement, storeAt, total } from './row'

/** What is known of a row of scores. */
@unmanaged export class Scores {
  /** Where the greatest is, and what it is. */
  at: u32
  most: f64
  /** Σ e_c over the others; NaN when the row has no softmax: a NaN, an infinite score, or none above −∞. */
  rest: f64
  /** ln(1 + rest). */
  log: f64
}

/** Room for what is known of slot `k` of two, behind the Row. */
// @ts-ignore: decorator
@inline export function scoresOf (row: Row, k: u32): Scores {
  return changetype<Scores>(changetype<usize>(row) + RECORD_SIZE + <usize>k * offsetof<Scores>())
}

/** Reads `n` scores of T; writes e_c, as accurate as E asks, to the row `to`. */
export function readScores<T extends number, E extends number> (scores: Scores, z: usize, n: u32, to: usize): void {
  if (n == 0) return
  const at = firstGreatest<T>(z, n)
  const most = numberAt<T>(z, at)
  exponentials<T, E>(z, n, most, to)
  setElement(to, at, 0)
  scores.at = at
  scores.most = most
  scores.rest = (most - most) + total(to, n)
  scores.log = scalarLog1p(scores.rest)
  setElement(to, at, most == most ? 1 : NaN)
}

/** Writes e^(z − most) of `n` scores to the row `to`. */
function exponentials<T extends number, E extends number> (z: usize, n: u32, most: f64, to: usize): void {
  const center = f64x2.splat(most)
  let i: u32 = 0
  for (; i + 4 <= n; i += 4) {
    const a = exponential<E>(f64x2.sub(loadPair<T>(z, i), center))
    const b = exponential<E>(f64x2.sub(loadPair<T>(z, i + 2), center))
    storeAt(to, i, a)
    storeAt(to, i + 2, b)
  }
  for (; i < n; i += 2) storeAt(to, i, exponential<E>(f64x2.sub(pairOf<T>(z, i, n), center)))
}

/** e^x for x ≤ 0. */
// @ts-ignore: decorator
@inline function exponential<E extends number> (x: v128): v128 { return sizeof<E>() == 8 ? decay(x) : single.decay(x) }

/** Turns e_c into softmax, in place or from one row in scratch to another. */
export function toSoftmax (scores: Scores, e: usize, n: u32, to: usize): void {
  const sum = f64x2.splat(1 + scores.rest)
  for (let i: u32 = 0; i < n; i += 2) storeAt(to, i, f64x2.div(scratchAt(e, i), sum))
}

/** −ln softmax_c of two scores, ≥ 0. */
// @ts-ignore: decorator
@inline export function lossOf (scores: Scores, z: v128): v128 {
  return f64x2.add(f64x2.sub(f64x2.splat(scores.most), z), f64x2.splat(scores.log))
}

/**
 * ∂/∂z of −Σ a_c·ln softmax_c, where softmax_c = e_c/sum: (Σ a)·softmax_c − a_c, to `gradient`. For the greatest score
 * it is Σ_{c≠k} a_c − (Σ a)·rest/(1 + rest), which keeps its accuracy where softmax_k rounds to 1. `a` is in scratch.
 */
export function pullBack (scores: Scores, e: usize, sum: f64, a: usize, n: u32, gradient: usize): void {
  if (n == 0) return
  const own = elementOf(a, scores.at)
  setElement(a, scores.at, 0)
  const others = total(a, n)
  setElement(a, scores.at, own)
  const all = others + own
  const factor = f64x2.splat(all / sum)
  for (let i: u32 = 0; i < n; i += 2) {
    storeAt(gradient, i, f64x2.sub(f64x2.mul(factor, scratchAt(e, i)), scratchAt(a, i)))
  }
  setElement(gradient, scores.at, others - all * (scores.rest / (1 + scores.rest)))
}

/** The same where only class `y` counts. */
export function pullBackOne (scores: Scores, e: usize, y: u32, count: f64, n: u32, gradient: usize): void {
  const sum = 1 + scores.rest
  const factor = f64x2.splat(count / sum)
  for (let i: u32 = 0; i < n; i += 2) storeAt(gradient, i, f64x2.mul(factor, scratchAt(e, i)))
  setElement(gradient, y, y == scores.at ? -count * (scores.rest / sum) : elementOf(gradient, y) - count)
}

/**
 * p_c·(g_c − Σ p·g) of softmax p, with g counted from that of the greatest probability, of which nothing is left when p is
 * nearly 1 there. `terms` has room for a row; rows are in scratch, or operands.
 */
export function projectThrough (p: usize, g: usize, at: u32, n: u32, terms: usize, to: usize): void {
  const own = elementOf(g, at)
  const origin = f64x2.splat(own - own == 0 ? own : 0)
  for (let i: u32 = 0; i < n; i += 2) {
    storeAt(terms, i, f64x2.mul(pairAt(p, i, n), f64x2.sub(pairAt(g, i, n), origin)))
  }
  const mean = f64x2.splat(total(terms, n))
  for (let i: u32 = 0; i < n; i += 2) {
    const deviation = f64x2.sub(f64x2.sub(pairAt(g, i, n), origin), mean)
    storeAt(to, i, f64x2.mul(pairAt(p, i, n), deviation))
  }
}
