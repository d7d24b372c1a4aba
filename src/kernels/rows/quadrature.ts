// Quadrature over G points with the intervals h_i between them: the weights of trapezoids or of Simpson's rule for
// uneven intervals (as SciPy ≥ 1.11: an even number of points ends with a corrected interval), and what goes back
// from the weights to the intervals.
import { elementOf, setElement } from './row'

function addTo (row: usize, i: u32, value: f64): void { setElement(row, i, elementOf(row, i) + value) }

/** Writes the weights of `n` points to `w`; `h` are the n − 1 intervals. */
export function weigh (simpson: bool, h: usize, n: u32, w: usize): void {
  memory.fill(w, 0, <usize>n << 3)
  if (!simpson || n < 3) return weighTrapezoids(h, n, w)
  const odd = n - 1 + (n & 1)
  for (let i: u32 = 0; i + 2 < odd; i += 2) weighParabola(elementOf(h, i), elementOf(h, i + 1), w + (<usize>i << 3))
  if (odd < n) weighEnd(elementOf(h, n - 3), elementOf(h, n - 2), w + (<usize>(n - 3) << 3))
}

function weighTrapezoids (h: usize, n: u32, w: usize): void {
  for (let i: u32 = 0; i + 1 < n; i++) {
    addTo(w, i, elementOf(h, i) / 2)
    addTo(w, i + 1, elementOf(h, i) / 2)
  }
}

/** A parabola through three points. */
function weighParabola (h0: f64, h1: f64, w: usize): void {
  const sum = h0 + h1
  addTo(w, 0, sum / 6 * (2 - h1 / h0))
  addTo(w, 1, sum / 6 * (sum / h0) * (sum / h1))
  addTo(w, 2, sum / 6 * (2 - h0 / h1))
}

/** The last interval, h1, of a parabola through the last three points. */
function weighEnd (h0: f64, h1: f64, w: usize): void {
  const sum = h0 + h1
  addTo(w, 0, -h1 * (h1 / h0) * (h1 / sum) / 6)
  addTo(w, 1, (h1 * (h1 / h0) + 3 * h1) / 6)
  addTo(w, 2, h1 * ((2 * h1 + 3 * h0) / sum) / 6)
}

/** ∂/∂h of Σ c·w, to the n − 1 elements at `to`. */
export function weighBack (simpson: bool, h: usize, c: usize, n: u32, to: usize): void {
  memory.fill(to, 0, <usize>n << 3)
  if (!simpson || n < 3) return trapezoidsBack(c, n, to)
  const odd = n - 1 + (n & 1)
  for (let i: u32 = 0; i + 2 < odd; i += 2) {
    const at = <usize>i << 3
    parabolaBack(elementOf(h, i + 1) / elementOf(h, i), c + at, to + at)
  }
  const at = <usize>(n - 3) << 3
  if (odd < n) endBack(elementOf(h, n - 2) / elementOf(h, n - 3), c + at, to + at)
}

function trapezoidsBack (c: usize, n: u32, to: usize): void {
  for (let i: u32 = 0; i + 1 < n; i++) setElement(to, i, (elementOf(c, i) + elementOf(c, i + 1)) / 2)
}

/** Through `weighParabola`; the weights' derivatives depend on r = h1/h0 alone. */
function parabolaBack (r: f64, c: usize, to: usize): void {
  const sum = (1 + r) * (1 + r)
  const c0 = elementOf(c, 0); const c1 = elementOf(c, 1); const c2 = elementOf(c, 2)
  addTo(to, 0, (c0 * (2 + r * r) + c1 * sum * (2 - r) / r + c2 * (1 - 2 / r)) / 6)
  addTo(to, 1, (c0 * (1 - 2 * r) + c1 * sum * (2 * r - 1) / (r * r) + c2 * (2 + 1 / (r * r))) / 6)
}

/** Through `weighEnd`. */
function endBack (r: f64, c: usize, to: usize): void {
  const sum = (1 + r) * (1 + r)
  const c0 = elementOf(c, 0); const c1 = elementOf(c, 1); const c2 = elementOf(c, 2)
  addTo(to, 0, (c0 * r * r * r * (2 + r) / sum - c1 * r * r + c2 * r * r / sum) / 6)
  addTo(to, 1, (-c0 * r * r * (3 + 2 * r) / sum + c1 * (2 * r + 3) + c2 * (2 * r * r + 4 * r + 3) / sum) / 6)
}
