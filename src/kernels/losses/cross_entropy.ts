// Cross entropy of scores, PyTorch `F.cross_entropy`: −Σ a_c·ln softmax_c. A class index y means
// a_c = w_c·((1 − ε)·[c = y] + ε/C); probabilities q mean a_c = w_c·((1 − ε)·q_c + ε/C).
import { CALL_OPTIONS } from '../layout'
import { loadPair } from '../operand'
import { classOf, classWeight, smoothed } from '../rows/classes'
import { areFew, coupled } from '../rows/couple'
import { IndexScores } from '../rows/indexed'
import { elementOf, numberAt, pairOf, RUN, scaleBy, scratchAt, setElement, storeAt, total, widen } from '../rows/row'
import { scoring } from '../rows/scores'
import { lossOf, pullBack, pullBackOne, readScores, scoresOf } from '../rows/softmax'
import { fill, Row, Rowwise, rowwise, spareRow } from '../rowwise'
import { isShared } from '../shares'

/** e_c of the scores; what each class counts; terms of a sum. */
const EXPONENTIALS: u32 = 0
const COUNTS: u32 = 1
const TERMS: u32 = 2

/** The weights of two classes, 1 where they were left out. */
// @ts-ignore: decorator
@inline function weightsAt<T extends number> (row: Row, i: u32): v128 {
  return row.p2 == 0 ? f64x2.splat(1) : pairOf<T>(row.p2, i, row.n0)
}

/** Σ a_c·(−ln softmax_c), in runs that are added up afterwards. */
function weighted<T extends number> (row: Row, a: usize): f64 {
  const scores = scoresOf(row, 0)
  const n = row.n0
  let sum: f64 = 0
  for (let start: u32 = 0; start < n; start += RUN) {
    const end = min<u32>(n, start + RUN) & ~1
    let terms = f64x2.splat(0)
    let others = terms
    let i = start
    for (; i + 4 <= end; i += 4) {
      terms = f64x2.add(terms, f64x2.mul(scratchAt(a, i), lossOf(scores, loadPair<T>(row.p0, i))))
      others = f64x2.add(others, f64x2.mul(scratchAt(a, i + 2), lossOf(scores, loadPair<T>(row.p0, i + 2))))
    }
    if (i < end) terms = f64x2.add(terms, f64x2.mul(scratchAt(a, i), lossOf(scores, loadPair<T>(row.p0, i))))
    terms = f64x2.add(terms, others)
    sum += f64x2.extract_lane(terms, 0) + f64x2.extract_lane(terms, 1)
  }
  if ((n & 1) == 0) return sum
  return sum + elementOf(a, n - 1) * f64x2.extract_lane(lossOf(scores, f64x2.splat(numberAt<T>(row.p0, n - 1))), 0)
}

/** The target is a class index. */
@final @unmanaged class CrossEntropy<T extends number> extends Rowwise {
  ignoreIndex: f64
  labelSmoothing: f64

  @inline value (row: Row): f64 { return indexedValue<T>(row, this.ignoreIndex, this.labelSmoothing) }

  @inline gradient (row: Row): void { indexedGradient(row, this.ignoreIndex, this.labelSmoothing) }
}

function indexedValue<T extends number> (row: Row, ignored: f64, smoothing: f64): f64 {
  const y = classOf(row, ignored)
  if (row.fault != 0 || (y < 0 && row.g0 == 0)) return 0
  readScores<T, T>(scoresOf(row, 0), row.p0, row.n0, spareRow(row, EXPONENTIALS))
  if (y < 0) return 0
  row.weight = classWeight<T>(row, y)
  const own = row.weight * f64x2.extract_lane(lossOf(scoresOf(row, 0), f64x2.splat(numberAt<T>(row.p0, y))), 0)
  if (smoothing == 0) return own
  spread<T>(row, smoothing)
  return (1 - smoothing) * own + weighted<T>(row, spareRow(row, COUNTS))
}

/** What every class counts whatever the target: ε/C·w_c. */
function spread<T extends number> (row: Row, smoothing: f64): void {
  const share = f64x2.splat(smoothing / <f64>row.n0)
  const counts = spareRow(row, COUNTS)
  for (let i: u32 = 0; i < row.n0; i += 2) storeAt(counts, i, f64x2.mul(share, weightsAt<T>(row, i)))
}

/**
 * Scales what the classes count, not the gradient, as PyTorch does: of an ignored row nothing is left to scale, and a
 * sum of weights that is 0 makes a row NaN. An ignored row without a softmax is NaN too.
 */
function indexedGradient (row: Row, ignored: f64, smoothing: f64): void {
  row.scaled = 1
  const y = classOf(row, ignored)
  const rest = scoresOf(row, 0).rest
  if (y < 0) return fill(row.g0, row.n0, rest - rest)
  const own = (1 - smoothing) * row.weight * row.scale
  const exponentials = spareRow(row, EXPONENTIALS)
  if (smoothing == 0) return pullBackOne(scoresOf(row, 0), exponentials, y, own, row.n0, row.g0)
  const counts = spareRow(row, COUNTS)
  scaleBy(counts, row.n0, row.scale)
  setElement(counts, y, elementOf(counts, y) + own)
  pullBack(scoresOf(row, 0), exponentials, 1 + rest, counts, row.n0, row.g0)
}

/** The target is a row of probabilities. */
@final @unmanaged class SoftCrossEntropy<T extends number> extends Rowwise {
  ignoreIndex: f64
  labelSmoothing: f64
  safe: f64

  @inline value (row: Row): f64 { return softValue<T>(row, this.labelSmoothing, this.safe != 0) }

  @inline gradient (row: Row): void { softGradient<T>(row, this.labelSmoothing, this.safe != 0) }
}

function softValue<T extends number> (row: Row, smoothing: f64, safe: bool): f64 {
  readScores<T, T>(scoresOf(row, 0), row.p0, row.n0, spareRow(row, EXPONENTIALS))
  countSoft<T>(row, spareRow(row, COUNTS), smoothing)
  return safe ? safelyWeighted<T>(row, spareRow(row, COUNTS)) : weighted<T>(row, spareRow(row, COUNTS))
}

/** The same where what does not count adds 0, even at a logit of −∞; optax `safe_softmax_cross_entropy`. */
function safelyWeighted<T extends number> (row: Row, a: usize): f64 {
  const scores = scoresOf(row, 0)
  const terms = spareRow(row, TERMS)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const count = scratchAt(a, i)
    const term = f64x2.mul(count, lossOf(scores, pairOf<T>(row.p0, i, row.n0)))
    storeAt(terms, i, v128.andnot(term, f64x2.eq(count, f64x2.splat(0))))
  }
  return total(terms, row.n0)
}

/** What each class counts: w_c·((1 − ε)·q_c + ε/C). */
function countSoft<T extends number> (row: Row, counts: usize, smoothing: f64): void {
  if (row.p2 == 0 && smoothing == 0) return widen<T>(row.p1, row.n0, counts)
  for (let i: u32 = 0; i < row.n0; i += 2) storeAt(counts, i, f64x2.mul(weightsAt<T>(row, i), smoothed<T>(row, i, smoothing)))
}

function softGradient<T extends number> (row: Row, smoothing: f64, safe: bool): void {
  const n = row.n0
  const scores = scoresOf(row, 0)
  if (row.g0 != 0) pullBack(scores, spareRow(row, EXPONENTIALS), 1 + scores.rest, spareRow(row, COUNTS), n, row.g0)
  if (row.g1 == 0 && row.g2 == 0) return
  for (let i: u32 = 0; i < n; i += 2) {
    const counts = f64x2.ne(scratchAt(spareRow(row, COUNTS), i), f64x2.splat(0))
    const all = lossOf(scores, pairOf<T>(row.p0, i, n))
    const loss = safe ? v128.and(all, counts) : all
    const slope = f64x2.mul(f64x2.mul(f64x2.splat(1 - smoothing), weightsAt<T>(row, i)), loss)
    if (row.g1 != 0) storeAt(row.g1, i, slope)
    if (row.g2 != 0) storeAt(row.g2, i, f64x2.mul(smoothed<T>(row, i, smoothing), loss))
  }
}

/** Float32 scores without smoothing go four at a time, unless entries have shares. */
export function cross_entropy_f32 (call: usize): void {
  if (changetype<CrossEntropy<f32>>(call + CALL_OPTIONS).labelSmoothing == 0 && !isShared(call)) scoring<IndexScores>(call)
  else rowwise<CrossEntropy<f32>, f32>(call)
}

/** Few float64 scores without smoothing go two rows at a time. */
export function cross_entropy_f64 (call: usize): void {
  const options = changetype<CrossEntropy<f64>>(call + CALL_OPTIONS)
  if (options.labelSmoothing == 0 && areFew(call) && !isShared(call)) coupled(call, options.ignoreIndex)
  else rowwise<CrossEntropy<f64>, f64>(call)
}

export function cross_entropy_probabilities_f32 (call: usize): void { rowwise<SoftCrossEntropy<f32>, f32>(call) }
export function cross_entropy_probabilities_f64 (call: usize): void { rowwise<SoftCrossEntropy<f64>, f64>(call) }
