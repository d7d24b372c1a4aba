// Softmax cross entropy of the items of a list; optax `ranking_softmax_loss`. Masked items are not read: those that
// count are moved together first, and what goes back to them is spread again.
import { elementOf, scratchAt, setElement, storeAt, total } from '../rows/row'
import { lossOf, pullBack, readScores, scoresOf } from '../rows/softmax'
import { fill, refuse, Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

const MASK: u32 = 2
const NO_MASK: u32 = 1

/** Of the items that count: scores, then what goes back; w·y; e_c; −ln softmax; terms of the sum. */
const SCORES: u32 = 0
const COUNTS: u32 = 1
const EXPONENTIALS: u32 = 2
const LOSSES: u32 = 3
const TERMS: u32 = 4

/** −Σ w·y·ln softmax over the items that count. */
@final @unmanaged class RankingSoftmax extends Rowwise {
  value (row: Row): f64 {
    const n = gather(row)
    if (row.fault != 0) return 0
    row.a = n
    row.weight = n > 0 ? 1 : 0
    const scores = scoresOf(row, 0)
    readScores<f64, f64>(scores, spareRow(row, SCORES), n, spareRow(row, EXPONENTIALS))
    for (let i: u32 = 0; i < n; i += 2) {
      const loss = lossOf(scores, scratchAt(spareRow(row, SCORES), i))
      storeAt(spareRow(row, LOSSES), i, loss)
      storeAt(spareRow(row, TERMS), i, f64x2.mul(scratchAt(spareRow(row, COUNTS), i), loss))
    }
    return total(spareRow(row, TERMS), n)
  }

  gradient (row: Row): void {
    const n = <u32>row.a
    const scores = scoresOf(row, 0)
    const back = spareRow(row, SCORES)
    if (row.g0 != 0) {
      pullBack(scores, spareRow(row, EXPONENTIALS), 1 + scores.rest, spareRow(row, COUNTS), n, back)
      spread(row, back, 0, row.g0)
    }
    if (row.g1 != 0) spread(row, spareRow(row, LOSSES), row.p3, row.g1)
    if (row.g3 != 0) spread(row, spareRow(row, LOSSES), row.p1, row.g3)
  }
}

/** Moves the items that count together; how many there are. */
function gather (row: Row): u32 {
  let count: u32 = 0
  for (let i: u32 = 0; i < row.n0; i++) {
    if (!counts(row, i)) continue
    setElement(spareRow(row, SCORES), count, elementOf(row.p0, i))
    setElement(spareRow(row, COUNTS), count, elementOf(row.p1, i) * factor(row.p3, i))
    count++
  }
  return count
}

/** Whether item `i` counts; refuses a mask that is neither 0 nor 1. */
function counts (row: Row, i: u32): bool {
  if (row.p2 == 0) return true
  const mask = elementOf(row.p2, i)
  if (mask != 0 && mask != 1 && row.fault == 0) refuse(row, NO_MASK, MASK, i, mask)
  return mask != 0
}

/** Element `i` of a row, 1 where there is none. */
// @ts-ignore: decorator
@inline function factor (from: usize, i: u32): f64 { return from == 0 ? 1 : elementOf(from, i) }

/** Puts what goes back to the items that count, times `factors`, where they came from, and 0 elsewhere. */
function spread (row: Row, from: usize, factors: usize, to: usize): void {
  let count: u32 = 0
  fill(to, row.n0, 0)
  for (let i: u32 = 0; i < row.n0; i++) {
    if (counts(row, i)) setElement(to, i, elementOf(from, count++) * factor(factors, i))
  }
}

export function ranking_softmax_f32 (call: usize): void { wideRowwise<RankingSoftmax, f32>(call) }
export function ranking_softmax_f64 (call: usize): void { wideRowwise<RankingSoftmax, f64>(call) }
