// Loops over rows of consecutive float64. A row in scratch has room for an even number of them, so that results are
// stored in pairs; a row that is an operand may end at its last element, and is read through `pairAt`.
import { loadPair, loadSingle } from '../operand'

/** Elements `i` and `i` + 1 of `n`; the last of an odd row stands in both lanes. */
// @ts-ignore: decorator
@inline export function pairAt (row: usize, i: u32, n: u32): v128 {
  return i + 1 < n ? v128.load(row + (<usize>i << 3)) : v128.load64_splat(row + (<usize>i << 3))
}

/** The same of a row of T, which an operand is. */
// @ts-ignore: decorator
@inline export function pairOf<T extends number> (row: usize, i: u32, n: u32): v128 {
  if (sizeof<T>() == 8) return pairAt(row, i, n)
  return i + 1 < n ? loadPair<T>(row, i) : loadSingle<T>(row, i)
}

/** Element `i` of a row of T. */
// @ts-ignore: decorator
@inline export function numberAt<T extends number> (row: usize, i: u32): f64 {
  return <f64>load<T>(row + <usize>i * sizeof<T>())
}

/** Copies `n` elements of a row of T into a row in scratch. */
export function widen<T extends number> (from: usize, n: u32, to: usize): void {
  if (sizeof<T>() == 8) return memory.copy(to, from, <usize>n << 3)
  const even = n & ~1
  for (let i: u32 = 0; i < even; i += 2) storeAt(to, i, loadPair<T>(from, i))
  if (even < n) storeAt(to, even, loadSingle<T>(from, even))
}

/** Elements `i` and `i` + 1 of a row in scratch, where anything may stand beyond an odd end. */
// @ts-ignore: decorator
@inline export function scratchAt (row: usize, i: u32): v128 { return v128.load(row + (<usize>i << 3)) }

/** Stores a pair into a row in scratch. */
// @ts-ignore: decorator
@inline export function storeAt (row: usize, i: u32, pair: v128): void { v128.store(row + (<usize>i << 3), pair) }

/** Element `i`. */
// @ts-ignore: decorator
@inline export function elementOf (row: usize, i: u32): f64 { return load<f64>(row + (<usize>i << 3)) }

/** Sets element `i`. */
// @ts-ignore: decorator
@inline export function setElement (row: usize, i: u32, value: f64): void { store<f64>(row + (<usize>i << 3), value) }

/** Most elements that are added one after the other. */
export const RUN: u32 = 256

/** Sum of `n` elements, in halves down to RUN: the error grows with the logarithm of n. */
export function total (row: usize, n: u32): f64 {
  if (n <= RUN) return sumOf(row, n)
  const half = (n >> 1) & ~1
  return total(row, half) + total(row + (<usize>half << 3), n - half)
}

function sumOf (row: usize, n: u32): f64 {
  let a = f64x2.splat(0); let b = a; let c = a; let d = a
  const end = row + (<usize>n << 3)
  for (; row + 64 <= end; row += 64) {
    a = f64x2.add(a, v128.load(row))
    b = f64x2.add(b, v128.load(row, 16))
    c = f64x2.add(c, v128.load(row, 32))
    d = f64x2.add(d, v128.load(row, 48))
  }
  for (; row + 16 <= end; row += 16) a = f64x2.add(a, v128.load(row))
  const lanes = f64x2.add(f64x2.add(a, b), f64x2.add(c, d))
  const sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1)
  return row < end ? sum + load<f64>(row) : sum
}

/** Where the greatest of `n` ≥ 1 elements is: the first of equals, the first NaN if there is one. */
export function greatest (row: usize, n: u32): u32 {
  let lanes = f64x2.splat(-Infinity)
  let odd = f64x2.splat(0)
  for (let i: u32 = 0; i < n; i += 2) {
    const pair = pairAt(row, i, n)
    lanes = f64x2.pmax(lanes, pair)
    odd = v128.or(odd, f64x2.ne(pair, pair))
  }
  const most = v128.any_true(odd) ? NaN : max<f64>(f64x2.extract_lane(lanes, 0), f64x2.extract_lane(lanes, 1))
  let at: u32 = 0
  while (at + 1 < n && !(elementOf(row, at) == most || elementOf(row, at) != elementOf(row, at))) at++
  return at
}

/** Multiplies a row in scratch. */
export function scaleBy (row: usize, n: u32, factor: f64): void {
  if (factor == 1) return
  const factors = f64x2.splat(factor)
  for (let i: u32 = 0; i < n; i += 2) storeAt(row, i, f64x2.mul(scratchAt(row, i), factors))
}
