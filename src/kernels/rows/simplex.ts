// The Euclidean projection of a row onto the simplex: max(x − τ, 0), where τ makes the sum 1 (Held, Wolfe and Crowder
// 1974). The greatest come off a heap one by one, until the next is not above the τ of those before it.
import { elementOf, pairAt, setElement, storeAt, total } from './row'

/** Writes the projection of `n` scores, of which `most` is the greatest, to `to`; τ − most. `heap` is a row to work in. */
export function project (scores: usize, n: u32, most: f64, heap: usize, to: usize): f64 {
  const threshold = thresholdOf(heap, gatherNear(scores, n, most, heap))
  const zero = f64x2.splat(0)
  for (let i: u32 = 0; i < n; i += 2) {
    const above = f64x2.sub(f64x2.sub(pairAt(scores, i, n), f64x2.splat(most)), f64x2.splat(threshold))
    storeAt(to, i, f64x2.pmax(zero, above))
  }
  return threshold
}

/** Puts those into `heap` that may be above τ, because they are within 1 of the greatest, less that; their number. */
function gatherNear (scores: usize, n: u32, most: f64, heap: usize): u32 {
  let count: u32 = 0
  for (let i: u32 = 0; i < n; i++) {
    const distance = elementOf(scores, i) - most
    if (distance > -1) setElement(heap, count++, distance)
  }
  for (let i = count >> 1; i > 0; i--) sink(heap, i - 1, count)
  return count
}

/** τ of a heap of `count` ≥ 1 numbers, summed once more over those above it, which gather behind the heap. */
function thresholdOf (heap: usize, count: u32): f64 {
  let left = count
  let sum: f64 = 0
  let threshold = -Infinity
  while (left > 0 && elementOf(heap, 0) > threshold) {
    const greatest = elementOf(heap, 0)
    setElement(heap, 0, elementOf(heap, --left))
    setElement(heap, left, greatest)
    sink(heap, 0, left)
    sum += greatest
    threshold = (sum - 1) / <f64>(count - left)
  }
  return (total(heap + (<usize>left << 3), count - left) - 1) / <f64>(count - left)
}

/** Lets element `i` sink to where none below it in the heap of `count` is greater. */
function sink (heap: usize, i: u32, count: u32): void {
  const value = elementOf(heap, i)
  let child: u32 = 2 * i + 1
  while (child < count) {
    if (child + 1 < count && elementOf(heap, child + 1) > elementOf(heap, child)) child++
    if (elementOf(heap, child) <= value) break
    setElement(heap, i, elementOf(heap, child))
    i = child
    child = 2 * i + 1
  }
  if (i < count) setElement(heap, i, value)
}
