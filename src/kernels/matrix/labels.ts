// Rows and columns with labels: which entries of a row are positives and negatives of its anchor. An anchor is neither of
// itself, where rows are among the columns.
import { setElement } from '../rows/row'
import { SHARED } from './layout'
import { columnLabel, Matrix, rowLabel } from './matrix'

/** Whether column `j` is row `i` itself. */
// @ts-ignore: decorator
@inline export function isSelf (m: Matrix, i: u32, j: u32): bool { return i == j && (m.flags & SHARED) != 0 }

/** Whether column `j` has the label of row `i` and is not the same vector. */
// @ts-ignore: decorator
@inline export function isPositive (m: Matrix, i: u32, j: u32): bool {
  return rowLabel(m, i) == columnLabel(m, j) && !isSelf(m, i, j)
}

/** Whether column `j` has another label than row `i`. */
// @ts-ignore: decorator
@inline export function isNegative (m: Matrix, i: u32, j: u32): bool { return rowLabel(m, i) != columnLabel(m, j) }

/** How many positives row `i` has. */
export function positives (m: Matrix, i: u32): u32 {
  let count: u32 = 0
  for (let j: u32 = 0; j < m.columns; j++) count += isPositive(m, i, j) ? 1 : 0
  return count
}

/** Writes 1/`count` for the positives of row `i`, 0 for others. */
export function shares (m: Matrix, i: u32, count: u32, to: usize): void {
  const share = 1 / <f64>count
  for (let j: u32 = 0; j < m.columns; j++) setElement(to, j, isPositive(m, i, j) ? share : 0)
}
