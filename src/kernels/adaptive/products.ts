// Products of vectors of float64 that may end at an odd element.
import { elementOf, setElement } from '../rows/row'

/** x·y of `n` elements. */
function dot (x: usize, y: usize, n: u32): f64 {
  let a = f64x2.splat(0)
  let b = a
  const end = x + (<usize>n << 3)
  for (; x + 32 <= end; x += 32, y += 32) {
    a = f64x2.add(a, f64x2.mul(v128.load(x), v128.load(y)))
    b = f64x2.add(b, f64x2.mul(v128.load(x, 16), v128.load(y, 16)))
  }
  const lanes = f64x2.add(a, b)
  let sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1)
  for (; x < end; x += 8, y += 8) sum += load<f64>(x) * load<f64>(y)
  return sum
}

/** The products of `count` rows of `n` elements with x. */
export function multiply (rows: usize, count: u32, x: usize, n: u32, to: usize): void {
  for (let r: u32 = 0; r < count; r++, rows += <usize>n << 3) setElement(to, r, dot(rows, x, n))
}

/** Adds w·x to the `n` elements at `to`. */
export function addTimes (to: usize, w: f64, x: usize, n: u32): void {
  const weights = f64x2.splat(w)
  const end = to + (<usize>n << 3)
  for (; to + 16 <= end; to += 16, x += 16) v128.store(to, f64x2.add(v128.load(to), f64x2.mul(weights, v128.load(x))))
  if (to < end) store<f64>(to, load<f64>(to) + w * load<f64>(x))
}

/** Adds Σ_r w_r·row_r over `count` rows of `n` elements. */
export function addRows (to: usize, w: usize, rows: usize, count: u32, n: u32): void {
  for (let r: u32 = 0; r < count; r++, rows += <usize>n << 3) addTimes(to, elementOf(w, r), rows, n)
}

/** Adds w_r·x to each of `count` rows, `pitch` bytes apart. */
export function addOuter (to: usize, pitch: usize, w: usize, count: u32, x: usize, n: u32): void {
  for (let r: u32 = 0; r < count; r++, to += pitch) addTimes(to, elementOf(w, r), x, n)
}
