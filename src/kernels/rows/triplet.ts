// Triplets: an anchor is to be nearer to its positive than to its negative, by a margin, in any of the distances.
import { Row, Rowwise, spareRow } from '../rowwise'
import { cosineDistance, cosineDistanceSlopes } from './cosine'
import { addScaled, distance, distanceSlopes, FREE } from './distance'

/** Orders of the norm that name distances which are none: 1 − cos, and the sum of squares. */
const COSINE: f64 = -1
const SQUARED: f64 = -2

/** max(0, margin + d(a, p) − min(d(a, n), d(p, n))), the last only with `swap`; to be made a class of its own. */
@final @unmanaged export class Triplet extends Rowwise {
  margin: f64
  p: f64
  eps: f64
  swap: f64

  value (row: Row): f64 {
    row.a = between(row, row.p0, row.p1, this.p, this.eps)
    row.b = between(row, row.p0, row.p2, this.p, this.eps)
    row.c = this.swap != 0 ? between(row, row.p1, row.p2, this.p, this.eps) : Infinity
    row.d = this.margin + row.a - min<f64>(row.b, row.c)
    return row.d < 0 ? 0 : row.d
  }

  gradient (row: Row): void {
    const active: f64 = row.d >= 0 ? 1 : 0
    const own: f64 = this.swap == 0 || row.b < row.c ? 1 : row.b > row.c ? 0 : 0.5
    clear(row)
    pull(row, this, row.p0, row.p1, row.a, active, row.g0, row.g1)
    pull(row, this, row.p0, row.p2, row.b, -active * own, row.g0, row.g2)
    if (this.swap != 0) pull(row, this, row.p1, row.p2, row.c, -active * (1 - own), row.g1, row.g2)
  }
}

function between (row: Row, x: usize, y: usize, p: f64, eps: f64): f64 {
  if (p == COSINE) return cosineDistance(row, x, y, eps)
  const norm = distance<f64>(row, x, y, p == SQUARED ? 2 : p, eps)
  return p == SQUARED ? norm * norm : norm
}

function clear (row: Row): void {
  const bytes = <usize>row.n0 << 3
  if (row.g0 != 0) memory.fill(row.g0, 0, bytes)
  if (row.g1 != 0) memory.fill(row.g1, 0, bytes)
  if (row.g2 != 0) memory.fill(row.g2, 0, bytes)
}

/** Adds `factor` times the slopes of the distance of x and y, which is `value`, to the gradients of both. */
function pull (row: Row, loss: Triplet, x: usize, y: usize, value: f64, factor: f64, toX: usize, toY: usize): void {
  const to = spareRow(row, FREE)
  if (toX != 0 || toY != 0) slopes(row, loss, x, y, value, to)
  if (toX != 0) addScaled(to, row.n0, factor, toX)
  if (toY == 0) return
  if (loss.p == COSINE) slopes(row, loss, y, x, value, to)
  addScaled(to, row.n0, loss.p == COSINE ? factor : -factor, toY)
}

/** Those in x. */
function slopes (row: Row, loss: Triplet, x: usize, y: usize, value: f64, to: usize): void {
  if (loss.p == COSINE) return cosineDistanceSlopes(row, x, y, loss.eps, to)
  // 2δ is δ over a norm of ½.
  if (loss.p == SQUARED) return distanceSlopes<f64>(row, x, y, 2, loss.eps, 0.5, 1, to)
  distanceSlopes<f64>(row, x, y, loss.p, loss.eps, value, 1, to)
}
