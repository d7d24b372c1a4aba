// The cosine of two rows, each divided by a norm that is kept away from 0. With â and b̂ the rows divided so,
// 1 − â·b̂ = ½‖â − b̂‖² + ½(1 − ‖â‖²) + ½(1 − ‖b̂‖²): no term cancels where the rows point the same way.
import { Row, spareRow } from '../rowwise'
import { normOf } from './distance'
import { pairAt, storeAt, total } from './row'

/** Spare rows that are written to: |x|, and terms of a sum. */
const MAGNITUDES: u32 = 0
const TERMS: u32 = 1

/** ‖x‖ of a row, which neither overflows nor underflows. */
function lengthOf (row: Row, x: usize): f64 {
  const magnitudes = spareRow(row, MAGNITUDES)
  for (let i: u32 = 0; i < row.n0; i += 2) storeAt(magnitudes, i, f64x2.abs(pairAt(x, i, row.n0)))
  return row.n0 == 0 ? 0 : normOf<f64>(magnitudes, spareRow(row, TERMS), row.n0, 2)
}

/** Σ xy. */
export function dotOf (row: Row, x: usize, y: usize): f64 {
  return scaledDot(row, x, y, f64x2.splat(1), f64x2.splat(1))
}

/** â·b̂, of x over `a` and y over `b`. */
function cosineOf (row: Row, x: usize, y: usize, a: f64, b: f64): f64 {
  return scaledDot(row, x, y, f64x2.splat(a), f64x2.splat(b))
}

function scaledDot (row: Row, x: usize, y: usize, a: v128, b: v128): f64 {
  const terms = spareRow(row, TERMS)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    storeAt(terms, i, f64x2.mul(f64x2.div(pairAt(x, i, row.n0), a), f64x2.div(pairAt(y, i, row.n0), b)))
  }
  return total(terms, row.n0)
}

/** 1 − â·b̂; `lacking` is (1 − ‖â‖²) + (1 − ‖b̂‖²). */
export function dissimilarity (row: Row, x: usize, y: usize, a: f64, b: f64, lacking: f64): f64 {
  const terms = spareRow(row, TERMS)
  const unitX = f64x2.splat(a); const unitY = f64x2.splat(b)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const gap = f64x2.sub(f64x2.div(pairAt(x, i, row.n0), unitX), f64x2.div(pairAt(y, i, row.n0), unitY))
    storeAt(terms, i, f64x2.mul(gap, gap))
  }
  return 0.5 * (total(terms, row.n0) + lacking)
}

/** ∂/∂x of 1 − â·b̂, which is `loss`, to the row `to`: ((â − b̂) − loss·â)/a. */
export function cosineSlopes (row: Row, x: usize, y: usize, a: f64, b: f64, loss: f64, to: usize): void {
  const unitX = f64x2.splat(a); const unitY = f64x2.splat(b); const share = f64x2.splat(loss)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const own = f64x2.div(pairAt(x, i, row.n0), unitX)
    const gap = f64x2.sub(own, f64x2.div(pairAt(y, i, row.n0), unitY))
    storeAt(to, i, f64x2.div(f64x2.sub(gap, f64x2.mul(share, own)), unitX))
  }
}

/** The same as ox − py, where the norms do not make that cancel or have no room for what would. */
export function plainSlopes (row: Row, x: usize, y: usize, o: f64, p: f64, to: usize): void {
  const shareX = f64x2.splat(o); const shareY = f64x2.splat(p)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    storeAt(to, i, f64x2.sub(f64x2.mul(shareX, pairAt(x, i, row.n0)), f64x2.mul(shareY, pairAt(y, i, row.n0))))
  }
}

/** 1 − cos of two rows, whose norms are at least `eps`; PyTorch's cosine_similarity. */
export function cosineDistance (row: Row, x: usize, y: usize, eps: f64): f64 {
  const lengthX = lengthOf(row, x)
  const lengthY = lengthOf(row, y)
  if (row.n0 == 0) return 1
  return dissimilarity(row, x, y, atLeast(lengthX, eps), atLeast(lengthY, eps), lackOf(lengthX, eps) + lackOf(lengthY, eps))
}

/** cos itself. */
export function normalizedDot (row: Row, x: usize, y: usize, eps: f64): f64 {
  return cosineOf(row, x, y, atLeast(lengthOf(row, x), eps), atLeast(lengthOf(row, y), eps))
}

/** ∂/∂x of the distance; PyTorch differentiates a norm below `eps` as if it were above. */
export function cosineDistanceSlopes (row: Row, x: usize, y: usize, eps: f64, to: usize): void {
  const length = lengthOf(row, x)
  const a = atLeast(length, eps)
  const b = atLeast(lengthOf(row, y), eps)
  if (!(length < eps)) return cosineSlopes(row, x, y, a, b, cosineDistance(row, x, y, eps), to)
  const share = length == 0 ? 0 : cosineOf(row, x, y, a, b) / length
  plainSlopes(row, x, y, share / a, 1 / a / b, to)
}

/** The greater; NaN stays. */
// @ts-ignore: decorator
@inline function atLeast (length: f64, eps: f64): f64 { return length < eps ? eps : length }

/** 1 − ‖â‖². */
// @ts-ignore: decorator
@inline function lackOf (length: f64, eps: f64): f64 { return length < eps ? (1 - length / eps) * (1 + length / eps) : 0 }
