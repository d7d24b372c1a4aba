// The greatest entry of a row, and its slope, which entries that tie share: PyTorch's `amax`.
import { elementOf, greatest, pairAt, storeAt } from './row'

/** The greatest of `n` ≥ 1 entries; NaN if there is one. */
export function mostOf (row: usize, n: u32): f64 { return elementOf(row, greatest(row, n)) }

/** 1/k at each of the k entries that are `most`, else 0; NaN everywhere where `most` is. */
export function shareMost (row: usize, n: u32, most: f64, to: usize): void {
  let ties: u32 = 0
  for (let i: u32 = 0; i < n; i++) if (elementOf(row, i) == most) ties++
  for (let i: u32 = 0; i < n; i += 2) {
    const tied = v128.and(f64x2.eq(pairAt(row, i, n), f64x2.splat(most)), f64x2.splat(1))
    storeAt(to, i, f64x2.div(tied, f64x2.splat(ties)))
  }
}
