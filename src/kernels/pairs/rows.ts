// Dot products and weighted sums of rows of float64, two rows against four rows (or 64 bytes of one) at a time: eight
// accumulators keep both adders busy and leave registers for the operands. Rows are padded with zeros to LINE.
//
// A dot product has the same bits in every tile and on either side: its even elements add up in lane 0, its odd ones
// in lane 1, in order, and then lane 0 and lane 1.

/** x·y over `bytes` bytes. */
export function dot (x: usize, y: usize, bytes: usize): f64 {
  let sum = f64x2.splat(0)
  for (let at: usize = 0; at < bytes; at += 16) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(x + at), v128.load(y + at)))
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** a + x·y. */
// @ts-ignore: decorator
@inline function madd (a: v128, x: v128, y: v128): v128 { return f64x2.add(a, f64x2.mul(x, y)) }

/** (a₀ + a₁, b₀ + b₁). */
// @ts-ignore: decorator
@inline function fold (a: v128, b: v128): v128 {
  return f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3))
}

/**
 * Dot products of the rows at x and x + pitch with those at y, y + pitch, y + 2·pitch and y + 3·pitch, each divided by
 * `divisor`: 2×4 float64 at `to`, whose rows are `stride` bytes apart.
 */
export function dots (
  x: usize, y: usize, pitch: usize, bytes: usize, divisor: v128, to: usize, stride: usize
): void {
  let a0 = f64x2.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let b0 = a0
  let b1 = a0
  let b2 = a0
  let b3 = a0
  const end = x + bytes
  const y1 = y + pitch - x
  const y2 = y1 + pitch
  const y3 = y2 + pitch
  const y0 = y - x
  for (; x < end; x += 16) {
    const p = v128.load(x)
    const q = v128.load(x + pitch)
    const c0 = v128.load(x + y0)
    a0 = madd(a0, p, c0); b0 = madd(b0, q, c0)
    const c1 = v128.load(x + y1)
    a1 = madd(a1, p, c1); b1 = madd(b1, q, c1)
    const c2 = v128.load(x + y2)
    a2 = madd(a2, p, c2); b2 = madd(b2, q, c2)
    const c3 = v128.load(x + y3)
    a3 = madd(a3, p, c3); b3 = madd(b3, q, c3)
  }
  v128.store(to, f64x2.div(fold(a0, a1), divisor))
  v128.store(to, f64x2.div(fold(a2, a3), divisor), 16)
  v128.store(to + stride, f64x2.div(fold(b0, b1), divisor))
  v128.store(to + stride, f64x2.div(fold(b2, b3), divisor), 16)
}

/**
 * Adds Σ_j w_j·y_j over `count` rows y, `pitch` bytes apart, to 64 bytes of sums, for two rows of weights and of sums:
 * at w and w + stride, at sums and sums + sumPitch.
 */
export function addWeighted (
  w: usize, stride: usize, y: usize, pitch: usize, count: u32, sums: usize, sumPitch: usize
): void {
  const other = sums + sumPitch
  let a0 = v128.load(sums)
  let a1 = v128.load(sums, 16)
  let a2 = v128.load(sums, 32)
  let a3 = v128.load(sums, 48)
  let b0 = v128.load(other)
  let b1 = v128.load(other, 16)
  let b2 = v128.load(other, 32)
  let b3 = v128.load(other, 48)
  const end = w + (<usize>count << 3)
  for (; w < end; w += 8, y += pitch) {
    const p = v128.load64_splat(w)
    const q = v128.load64_splat(w + stride)
    const y0 = v128.load(y)
    a0 = madd(a0, p, y0); b0 = madd(b0, q, y0)
    const y1 = v128.load(y, 16)
    a1 = madd(a1, p, y1); b1 = madd(b1, q, y1)
    const y2 = v128.load(y, 32)
    a2 = madd(a2, p, y2); b2 = madd(b2, q, y2)
    const y3 = v128.load(y, 48)
    a3 = madd(a3, p, y3); b3 = madd(b3, q, y3)
  }
  v128.store(sums, a0); v128.store(sums, a1, 16); v128.store(sums, a2, 32); v128.store(sums, a3, 48)
  v128.store(other, b0); v128.store(other, b1, 16); v128.store(other, b2, 32); v128.store(other, b3, 48)
}

/** Writes weight·x to `to`, `bytes` bytes. */
export function multiple (weight: f64, x: usize, bytes: usize, to: usize): void {
  const w = f64x2.splat(weight)
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, f64x2.mul(w, v128.load(x + at)))
}
