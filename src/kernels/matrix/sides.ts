// The two sides of an anchor's row: what its positives add up to in an exponent, and what its negatives do.
import { setElement, elementOf } from '../rows/row'
import { readScores, toSoftmax } from '../rows/softmax'
import { isNegative, isPositive } from './labels'
import { keptScores, Matrix, spareList } from './matrix'

// Where they are kept: spare lists and scores
export const POSITIVES: u32 = 0
export const NEGATIVES: u32 = 1

/** Copies the values at `z` of one side's columns into its spare list, −∞ for others; how many there are. */
export function separate (m: Matrix, i: u32, side: u32, z: usize): u32 {
  const to = spareList(m, side)
  let count: u32 = 0
  for (let j: u32 = 0; j < m.columns; j++) {
    const own = side == POSITIVES ? isPositive(m, i, j) : isNegative(m, i, j)
    setElement(to, j, own ? elementOf(z, j) : -Infinity)
    count += own ? 1 : 0
  }
  return count
}

/** log Σ e^z of a side that has been separated; e is left in its spare list. */
export function sumSide (m: Matrix, side: u32, n: u32): f64 {
  const scores = keptScores(m, side)
  readScores<f64, f64>(scores, spareList(m, side), n, spareList(m, side))
  return scores.most + scores.log
}

/** Turns what `sumSide` left into e ÷ Σ e. */
export function shareSide (m: Matrix, side: u32, n: u32): usize {
  toSoftmax(keptScores(m, side), spareList(m, side), n, spareList(m, side))
  return spareList(m, side)
}

/** Share of column `j` in its side. */
// @ts-ignore: decorator
@inline export function shareOf (m: Matrix, side: u32, j: u32): f64 { return elementOf(spareList(m, side), j) }
