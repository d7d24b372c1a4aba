// From the slopes W = ∂Σℓ/∂S to gradients. Of dot products: ∂a_i = Σ_j W_ij·b_j and ∂b_j = Σ_i W_ij·a_i; of squared
// distances 2Σ_j W_ij·(a_i − b_j), whose differences are taken before they are added up. Vectors that are both add both.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_SCALE, CALL_TO, MAP_STRIDE } from '../layout'
import { extentOf, gradientOf, mapOf, operandAt, scatter, storeSingle } from '../operand'
import { total } from '../rows/row'
import { addDifference } from './differences'
import { DISTANCES, MATRIX_ROWS, M_OF, M_STATISTIC, OF_COLUMNS, PAIRED, SCALED, SHARED, SPARSE } from './layout'
import { Matrix, matrixOf, slopesAt, statistic, vectorAt } from './matrix'
import { operandOf, pullBack, spanOf, startOf } from './vectors'

/** Vectors that stay in the cache while a block passes. */
const TILE: u32 = 32

/** Gradients of the part's vectors. */
export function gradient<T extends number> (call: usize): void {
  const m = matrixOf<T>(call)
  const first = extentOf(call, M_OF) == OF_COLUMNS && (m.flags & SHARED) == 0 ? m.rows : 0
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const end = min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size)
    memory.fill(m.spare, 0, <usize>(end - b * size) * m.pitch)
    sum(m, first + b * size, end - b * size)
    for (let z = b * size; z < end; z++) finish<T>(m, first + z, sumAt(m, z - b * size))
  }
}

/** The sum of a scalar's gradient over the rows. */
export function scalar<T extends number> (call: usize): void {
  const m = matrixOf<T>(call)
  const sum = total(statistic(m, extentOf(call, M_STATISTIC)), m.rows) * scaleOf(m)
  storeSingle<T>(gradientOf(operandAt(call, extentOf(call, M_OF))), 0, f64x2.splat(sum))
}

/** What gradients are multiplied by; a mean over no rows would be infinite, and nothing reads the vectors then. */
export function scaleOf (m: Matrix): f64 {
  if (m.rows == 0 || m.columns == 0) return 0
  return (m.flags & SCALED) != 0 ? 1 : load<f64>(m.call, CALL_SCALE)
}

/** The sum of vector `k` of the block. */
// @ts-ignore: decorator
@inline function sumAt (m: Matrix, k: u32): usize { return m.spare + <usize>k * m.pitch }

/** Adds up what the `count` vectors from `z` on have as rows and as columns. */
function sum (m: Matrix, z: u32, count: u32): void {
  const shared = (m.flags & SHARED) != 0
  if (z < m.rows) addAll(m, z, min<u32>(count, m.rows - z), slopesAt(m, z), m.width, 8, m.b, m.columns)
  if (shared) addAll(m, z, count, m.slopes + (<usize>z << 3), 8, m.width, m.a, m.rows)
  else if (z >= m.rows) addAll(m, z, count, m.slopes + (<usize>(z - m.rows) << 3), 8, m.width, m.a, m.rows)
}

/**
 * Adds Σ_k w_k·y_k to the sums of `count` vectors from `z` on: w at `w`, `across` bytes from one vector to the next and
 * `along` from one k to the next; y the `n` vectors at `y`.
 */
function addAll (m: Matrix, z: u32, count: u32, w: usize, across: usize, along: usize, y: usize, n: u32): void {
  if ((m.flags & SPARSE) != 0) return addSparse(m, count, w, across, along, y, n)
  const differs = (m.flags & DISTANCES) != 0
  for (let k: u32 = 0; k < n; k += TILE) {
    const width = min<u32>(TILE, n - k)
    for (let r: u32 = 0; r < count; r += 2) {
      // The last of an odd number is added twice, the second time to a sum that nobody reads.
      const alone = r + 1 == count
      const weights = w + <usize>r * across + <usize>k * along
      const next = weights + (alone ? <usize>0 : across)
      const x = vectorAt(m, z + r)
      const to = sumAt(m, r)
      const other = sumAt(m, alone ? MATRIX_ROWS : r + 1)
      const from = y + <usize>k * m.pitch
      for (let at: usize = 0; at < spanOf(m); at += 64) {
        if (differs) addPair(m, weights, next, along, x + at, alone, from + at, width, to + at, other + at, true)
        else addPair(m, weights, next, along, x + at, alone, from + at, width, to + at, other + at, false)
      }
    }
  }
}

/** The same of dot products where most weights are 0 and stand for vectors that are not read. */
function addSparse (m: Matrix, count: u32, w: usize, across: usize, along: usize, y: usize, n: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    for (let r: u32 = 0; r < count; r++) {
      const weight = load<f64>(w + <usize>r * across + <usize>k * along)
      if (weight == 0) continue
      const to = sumAt(m, r)
      const from = y + <usize>k * m.pitch
      for (let at: usize = 0; at < spanOf(m); at += 16) {
        v128.store(to + at, f64x2.add(v128.load(to + at), f64x2.mul(f64x2.splat(weight), v128.load(from + at))))
      }
    }
  }
}

/** a + w·y, or a + w·(x − y). */
// @ts-ignore: decorator
@inline function term (a: v128, w: v128, x: usize, y: v128, differs: bool): v128 {
  return f64x2.add(a, f64x2.mul(w, differs ? f64x2.sub(v128.load(x), y) : y))
}

/** A line of the sums of two vectors. */
// @ts-ignore: decorator
@inline function addPair (
  m: Matrix, w: usize, next: usize, along: usize, x: usize, alone: bool, y: usize, n: u32, to: usize, other: usize, differs: bool
): void {
  const x2 = x + (alone ? <usize>0 : m.pitch)
  let a0 = v128.load(to)
  let a1 = v128.load(to, 16)
  let a2 = v128.load(to, 32)
  let a3 = v128.load(to, 48)
  let b0 = v128.load(other)
  let b1 = v128.load(other, 16)
  let b2 = v128.load(other, 32)
  let b3 = v128.load(other, 48)
  for (let k: u32 = 0; k < n; k++, w += along, next += along, y += m.pitch) {
    const p = v128.load64_splat(w)
    const q = v128.load64_splat(next)
    const y0 = v128.load(y)
    a0 = term(a0, p, x, y0, differs); b0 = term(b0, q, x2, y0, differs)
    const y1 = v128.load(y, 16)
    a1 = term(a1, p, x + 16, y1, differs); b1 = term(b1, q, x2 + 16, y1, differs)
    const y2 = v128.load(y, 32)
    a2 = term(a2, p, x + 32, y2, differs); b2 = term(b2, q, x2 + 32, y2, differs)
    const y3 = v128.load(y, 48)
    a3 = term(a3, p, x + 48, y3, differs); b3 = term(b3, q, x2 + 48, y3, differs)
  }
  v128.store(to, a0)
  v128.store(to, a1, 16)
  v128.store(to, a2, 32)
  v128.store(to, a3, 48)
  v128.store(other, b0)
  v128.store(other, b1, 16)
  v128.store(other, b2, 32)
  v128.store(other, b3, 48)
}

/** Takes the sum of vector `z` back to its operand's gradient, scaled. */
function finish<T extends number> (m: Matrix, z: u32, sum: usize): void {
  const operand = operandOf(m, z)
  if (gradientOf(operand) == 0) return
  pullBack(m, z, sum)
  if ((m.flags & PAIRED) != 0) addDifference<T>(m, z, sum, sumAt(m, MATRIX_ROWS))
  const factor = (m.flags & DISTANCES) != 0 ? 2 * scaleOf(m) : scaleOf(m)
  const to = gradientOf(operand) + startOf(m, z) * sizeof<T>()
  scatter<T>(sum, m.length, factor, to, load<u32>(mapOf(operand), MAP_STRIDE))
}
