// Focal loss of class probabilities r = u/Σu, clipped to o in [ε, 1 − ε]: −Σ α·(1 − o)^γ·y·ln o; Keras
// `categorical_focal_crossentropy`. As with softmax all is built from e_c = u_c/u_k, u_k the greatest, and from
// rest = Σ_{c≠k} e_c, so that 1 − r keeps its accuracy where r is nearly 1.
import { log, log1p, pow, scalarLog, scalarLog1p } from '../functions'
import { listOf } from '../rows/call'
import { smoothed } from '../rows/classes'
import { weighted } from '../rows/distribution'
import { elementOf, greatest, pairAt, scratchAt, setElement, storeAt, total } from '../rows/row'
import { pullBack, readScores, Scores, scoresOf } from '../rows/softmax'
import { Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** e_c, and of every class r, 1 − r, −α·(1 − o)^γ·ln o, g·r. */
const EXPONENTIALS: u32 = 0
const SHARES: u32 = 1
const OTHERS: u32 = 2
const LOSSES: u32 = 3
const PULLS: u32 = 4
const TERMS: u32 = 5

@final @unmanaged class CategoricalFocal extends Rowwise {
  alpha: f64
  gamma: f64
  fromLogits: f64
  smoothing: f64
  epsilon: f64

  value (row: Row): f64 {
    const n = row.n0
    const scores = scoresOf(row, 0)
    if (this.fromLogits != 0) readScores<f64, f64>(scores, row.p0, n, spareRow(row, EXPONENTIALS))
    else readProbabilities(scores, row.p0, n, spareRow(row, EXPONENTIALS))
    writeShares(row)
    writeLosses(row, this)
    for (let i: u32 = 0; i < n; i += 2) {
      storeAt(spareRow(row, TERMS), i, f64x2.mul(smoothed<f64>(row, i, this.smoothing), scratchAt(spareRow(row, LOSSES), i)))
    }
    return total(spareRow(row, TERMS), n)
  }

  gradient (row: Row): void {
    const n = row.n0
    for (let i: u32 = 0; row.g1 != 0 && i < n; i += 2) {
      storeAt(row.g1, i, f64x2.mul(f64x2.splat(1 - this.smoothing), scratchAt(spareRow(row, LOSSES), i)))
    }
    if (row.g0 == 0 || n == 0) return
    writePulls(row, this)
    if (this.fromLogits != 0) pullBack(scoresOf(row, 0), spareRow(row, SHARES), 1, spareRow(row, PULLS), n, row.g0)
    else throughSum(row)
  }
}

/** What `readScores` knows of scores, of probabilities; the greatest is no number where it is 0 or ∞. */
function readProbabilities (scores: Scores, u: usize, n: u32, e: usize): void {
  if (n == 0) return
  const at = greatest(u, n)
  const most = elementOf(u, at)
  for (let i: u32 = 0; i < n; i += 2) storeAt(e, i, f64x2.div(pairAt(u, i, n), f64x2.splat(most)))
  setElement(e, at, 0)
  scores.at = at
  scores.most = most
  scores.rest = total(e, n)
  scores.log = scalarLog1p(scores.rest)
  setElement(e, at, most / most)
}

function writeShares (row: Row): void {
  const n = row.n0
  if (n == 0) return
  const scores = scoresOf(row, 0)
  const sum = f64x2.splat(1 + scores.rest)
  for (let i: u32 = 0; i < n; i += 2) {
    const share = f64x2.div(scratchAt(spareRow(row, EXPONENTIALS), i), sum)
    storeAt(spareRow(row, SHARES), i, share)
    storeAt(spareRow(row, OTHERS), i, f64x2.sub(f64x2.splat(1), share))
  }
  setElement(spareRow(row, OTHERS), scores.at, scores.rest / (1 + scores.rest) + oddness(row))
}

/** 0, and NaN where the share of the greatest is. */
// @ts-ignore: decorator
@inline function oddness (row: Row): f64 {
  const share = elementOf(spareRow(row, SHARES), scoresOf(row, 0).at)
  return share - share
}

/** ln r, from 1 − r where r is more than ½. */
// @ts-ignore: decorator
@inline function logOf (share: v128, other: v128): v128 {
  return v128.bitselect(log1p(f64x2.neg(other)), log(share), f64x2.lt(other, f64x2.splat(0.5)))
}

/** The weights of two classes. */
// @ts-ignore: decorator
@inline function alphaAt (row: Row, loss: CategoricalFocal, i: u32): v128 {
  const list = listOf(changetype<usize>(loss))
  return list == 0 ? f64x2.splat(loss.alpha) : pairAt(list, i, row.n0)
}

function writeLosses (row: Row, loss: CategoricalFocal): void {
  const epsilon = f64x2.splat(loss.epsilon)
  const least = f64x2.splat(scalarLog(loss.epsilon))
  const most = f64x2.splat(scalarLog1p(-loss.epsilon))
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const share = scratchAt(spareRow(row, SHARES), i)
    const other = scratchAt(spareRow(row, OTHERS), i)
    const below = f64x2.lt(share, epsilon)
    const above = f64x2.lt(other, epsilon)
    const logs = v128.bitselect(least, v128.bitselect(most, logOf(share, other), above), below)
    const rest = v128.bitselect(f64x2.splat(1 - loss.epsilon), v128.bitselect(epsilon, other, above), below)
    const weight = f64x2.mul(alphaAt(row, loss, i), pow(rest, f64x2.splat(loss.gamma)))
    storeAt(spareRow(row, LOSSES), i, f64x2.neg(f64x2.mul(weight, logs)))
  }
}

/** −g·r = α·y·(1 − r)^γ − α·y·γ·(1 − r)^(γ − 1)·r·ln r, nothing where r is clipped; g is ∂r. */
function writePulls (row: Row, loss: CategoricalFocal): void {
  const epsilon = f64x2.splat(loss.epsilon)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const share = scratchAt(spareRow(row, SHARES), i)
    const other = scratchAt(spareRow(row, OTHERS), i)
    const inside = v128.and(f64x2.ge(share, epsilon), f64x2.ge(other, epsilon))
    const focus = f64x2.mul(f64x2.splat(loss.gamma), pow(other, f64x2.splat(loss.gamma - 1)))
    const curve = f64x2.mul(focus, weighted(share, logOf(share, other), share))
    const slope = f64x2.sub(pow(other, f64x2.splat(loss.gamma)), v128.andnot(curve, f64x2.eq(other, f64x2.splat(0))))
    const weight = f64x2.mul(alphaAt(row, loss, i), smoothed<f64>(row, i, loss.smoothing))
    storeAt(spareRow(row, PULLS), i, v128.and(f64x2.mul(weight, slope), inside))
  }
}

/** ∂u = (g − Σ g·r)/Σu; that of the greatest is (g_k·(1 − r_k) − Σ_{c≠k} g·r)/Σu. */
function throughSum (row: Row): void {
  const n = row.n0
  const scores = scoresOf(row, 0)
  const pulls = spareRow(row, PULLS)
  const own = elementOf(pulls, scores.at)
  setElement(pulls, scores.at, 0)
  const others = total(pulls, n) + oddness(row)
  const all = f64x2.splat(others + own)
  const sum = scores.most * (1 + scores.rest)
  for (let i: u32 = 0; i < n; i += 2) {
    const pull = scratchAt(pulls, i)
    const slope = v128.andnot(f64x2.div(pull, scratchAt(spareRow(row, SHARES), i)), f64x2.eq(pull, f64x2.splat(0)))
    storeAt(row.g0, i, f64x2.div(f64x2.sub(all, slope), f64x2.splat(sum)))
  }
  const share = elementOf(spareRow(row, SHARES), scores.at)
  const slope = own == 0 ? 0 : own / share * elementOf(spareRow(row, OTHERS), scores.at)
  setElement(row.g0, scores.at, (others - slope) / sum)
}

export function categorical_focal_f32 (call: usize): void { wideRowwise<CategoricalFocal, f32>(call) }
export function categorical_focal_f64 (call: usize): void { wideRowwise<CategoricalFocal, f64>(call) }
