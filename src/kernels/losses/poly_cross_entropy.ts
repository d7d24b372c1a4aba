import { pairAt, scratchAt, setElement, storeAt, total } from '../rows/row'
import { bend } from '../rows/series'
import { lossOf, pullBack, readScores, scoresOf } from '../rows/softmax'
import { Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** e_c of the scores; the loss of each class; terms of the sum, then what the classes count. */
const EXPONENTIALS: u32 = 0
const LOSSES: u32 = 1
const TERMS: u32 = 2

/** Largest rest of which `bend` knows. */
const SURE: f64 = 0.5

/** Σ y·(−ln p + ε·(1 − p)), p = softmax; optax `poly_loss_cross_entropy`. */
@final @unmanaged class PolyCrossEntropy extends Rowwise {
  epsilon: f64

  value (row: Row): f64 {
    const n = row.n0
    readScores<f64, f64>(scoresOf(row, 0), row.p0, n, spareRow(row, EXPONENTIALS))
    writeLosses(row, this.epsilon)
    const terms = spareRow(row, TERMS)
    for (let i: u32 = 0; i < n; i += 2) {
      storeAt(terms, i, f64x2.mul(pairAt(row.p1, i, n), scratchAt(spareRow(row, LOSSES), i)))
    }
    return total(terms, n)
  }

  gradient (row: Row): void {
    if (row.g1 != 0) memory.copy(row.g1, spareRow(row, LOSSES), <usize>row.n0 << 3)
    if (row.g0 != 0) slopes(row, this.epsilon)
  }
}

/** (−ln p − (1 − p)) + (1 + ε)·(1 − p) of each class: neither part is negative, and for ε ≥ −1 nothing cancels. */
function writeLosses (row: Row, epsilon: f64): void {
  const n = row.n0
  if (n == 0) return
  const scores = scoresOf(row, 0)
  const rest = scores.rest
  const losses = spareRow(row, LOSSES)
  const sum = f64x2.splat(1 + rest)
  for (let i: u32 = 0; i < n; i += 2) {
    const other = f64x2.sub(f64x2.splat(1), f64x2.div(scratchAt(spareRow(row, EXPONENTIALS), i), sum))
    const curve = f64x2.sub(lossOf(scores, pairAt(row.p0, i, n)), other)
    storeAt(losses, i, f64x2.add(curve, f64x2.mul(f64x2.splat(1 + epsilon), other)))
  }
  const doubt = rest / (1 + rest)
  const curve = rest <= SURE ? bend(rest) : scores.log - doubt
  setElement(losses, scores.at, curve + (1 + epsilon) * doubt)
}

/** Through softmax of a = y·(1 + ε·p), which is y·(1 + ε − ε·(1 − p)) where p is nearly 1. */
function slopes (row: Row, epsilon: f64): void {
  const n = row.n0
  if (n == 0) return
  const scores = scoresOf(row, 0)
  const counts = spareRow(row, TERMS)
  const exponentials = spareRow(row, EXPONENTIALS)
  const sum = 1 + scores.rest
  const share = f64x2.splat(epsilon / sum)
  for (let i: u32 = 0; i < n; i += 2) {
    const factor = f64x2.add(f64x2.splat(1), f64x2.mul(share, scratchAt(exponentials, i)))
    storeAt(counts, i, f64x2.mul(pairAt(row.p1, i, n), factor))
  }
  const own = load<f64>(row.p1 + (<usize>scores.at << 3))
  setElement(counts, scores.at, own * (1 + epsilon - epsilon * (scores.rest / sum)))
  pullBack(scores, exponentials, sum, counts, n, row.g0)
}

export function poly_cross_entropy_f32 (call: usize): void { wideRowwise<PolyCrossEntropy, f32>(call) }
export function poly_cross_entropy_f64 (call: usize): void { wideRowwise<PolyCrossEntropy, f64>(call) }
