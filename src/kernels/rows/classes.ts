// Class indices: which class a row's target names.
import { refuse, Row } from '../rowwise'
import { elementOf } from './row'

const OUTSIDE: u32 = 1
const TARGET: u32 = 1

/** The class that the row's target names; −1 when it is to be ignored, or refused because there is no such class. */
export function classOf (row: Row, ignored: f64): i32 {
  const target = elementOf(row.p1, 0)
  if (target == ignored) return -1
  if (target >= 0 && target < <f64>row.n0) return <i32>target
  refuse(row, OUTSIDE, TARGET, 0, target)
  return -1
}

/** Weight of class `c` in slot 2, 1 where that was left out. */
// @ts-ignore: decorator
@inline export function classWeight (row: Row, c: u32): f64 { return row.p2 == 0 ? 1 : elementOf(row.p2, c) }
