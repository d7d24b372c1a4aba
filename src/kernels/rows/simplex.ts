// The Euclidean projection of a row onto the simplex: max(x − τ, 0), where τ makes the sum 1 (Held, Wolfe and Crowder
// 1974). The greatest come off a heap one by one, until the next is not above the τ of those before it. Scores are
// taken from 1 below the greatest on, so that those just above τ keep their accuracy.
import { elementOf, setElement, total } from './row'

/** Writes the projection of `n` scores, the greatest of which is at `top`, to `to`; gives τ. `heap` is a row to work in. */
export function project (scores: usize, n: u32, top: u32, heap: usize, to: usize): f64 {
  const threshold = thresholdOf(heap, gatherNear(scores, n, top, heap))
  const most = elementOf(scores, top)
  for (let i: u32 = 0; i < n; i++) {
    const above = rise(elementOf(scores, i), most) - threshold
    setElement(to, i, above > 0 ? above : 0)
  }
  return threshold
}

/** score − (most − 1), rounded once where it is small: what score − most lost is added in the end. */
export function rise (score: f64, most: f64): f64 {
  const distance = score - most
  if (!(distance > -2)) return distance + 1
  const back = score - distance
  const lost = (score - (distance + back)) + (back - most)
  return (distance + 1) + lost
}

/** Puts those that may be above τ into `heap`, but for the greatest, which rises 1 and is; their number. */
function gatherNear (scores: usize, n: u32, top: u32, heap: usize): u32 {
  const most = elementOf(scores, top)
  let count: u32 = 0
  for (let i: u32 = 0; i < n; i++) {
    const score = rise(elementOf(scores, i), most)
    if (score > 0 && i != top) setElement(heap, count++, score)
  }
  for (let i = count >> 1; i > 0; i--) sink(heap, i - 1, count)
  return count
}

/** τ of a heap of `count` scores and the greatest: (1 + Σ − 1)/k, summed once more over those taken, which gather behind the heap. */
function thresholdOf (heap: usize, count: u32): f64 {
  let left = count
  let sum: f64 = 0
  while (left > 0 && elementOf(heap, 0) > sum / <f64>(count - left + 1)) {
    const greatest = elementOf(heap, 0)
    setElement(heap, 0, elementOf(heap, --left))
    setElement(heap, left, greatest)
    sink(heap, 0, left)
    sum += greatest
  }
  return total(heap + (<usize>left << 3), count - left) / <f64>(count - left + 1)
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
