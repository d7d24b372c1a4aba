// By how much the greatest score leads that of the row's class: max_c(x_c + margin·[c ≠ y]) − x_y.
import { Row, spareRow } from '../rowwise'
import { classOf } from './classes'
import { mostOf, shareMost } from './most'
import { elementOf, pairAt, setElement, storeAt } from './row'

/** Spare row of the scores with their margin. */
const LEVELS: u32 = 0

/** The lead, 0 where the class is refused; the greatest stays in `a`. */
export function leadOf (row: Row, margin: f64): f64 {
  const y = classOf(row, NaN)
  if (y < 0) return 0
  const levels = spareRow(row, LEVELS)
  for (let i: u32 = 0; i < row.n0; i += 2) storeAt(levels, i, f64x2.add(pairAt(row.p0, i, row.n0), f64x2.splat(margin)))
  setElement(levels, y, elementOf(row.p0, y))
  row.a = mostOf(levels, row.n0)
  return row.a - elementOf(row.p0, y)
}

/** ∂lead: the share of those that are the greatest, less 1 at the class. */
export function slopesOfLead (row: Row): void {
  const y = <u32>elementOf(row.p1, 0)
  shareMost(spareRow(row, LEVELS), row.n0, row.a, row.g0)
  setElement(row.g0, y, elementOf(row.g0, y) - 1)
}
