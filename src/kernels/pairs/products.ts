// The register tile of all matrix products here: four rows of one panel by two of another. Eight accumulators keep both
// adders and both multipliers of x86-64 busy and leave registers for the operands, though not for a second step of the
// loop; constant offsets leave its decoder little else. N is the type of the elements; sums of float32 are short, and
// end in float64.

/** a + x·y in lanes of N. */
// @ts-ignore: decorator
@inline function madd<N extends number> (a: v128, x: v128, y: v128): v128 {
  return sizeof<N>() == 4 ? f32x4.add(a, f32x4.mul(x, y)) : f64x2.add(a, f64x2.mul(x, y))
}

/** Adds a row's two sums, (Σa, Σb), to the float64 at `to`. */
// @ts-ignore: decorator
@inline function addPair (to: usize, sums: v128): void { v128.store(to, f64x2.add(v128.load(to), sums)) }

/** (Σa, Σb) of float64 lanes. */
// @ts-ignore: decorator
@inline function pairOfSums (a: v128, b: v128): v128 {
  return f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3))
}

/** (Σa, Σb, Σc, Σd) of float32 lanes. */
// @ts-ignore: decorator
@inline function fourSums (a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3))
  const cd = f32x4.add(v128.shuffle<f64>(c, d, 0, 2), v128.shuffle<f64>(c, d, 1, 3))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7))
}

/** Adds what a row's two pairs of lanes, float32, add up to, to the float64 at `to` and 16 bytes on. */
// @ts-ignore: decorator
@inline function addTwice (to: usize, sums: v128): void {
  addPair(to, f64x2.promote_low_f32x4(sums))
  addPair(to + 16, f64x2.promote_low_f32x4(v128.shuffle<f64>(sums, sums, 1, 1)))
}

/**
 * Adds the dot products of the four rows of the panel from x to `end` with two rows of the panel at y (the first two or,
 * from 32 bytes on, the last two) to 4×2 float64 at `to`, row by row.
 */
export function addProducts<N extends number> (x: usize, y: usize, end: usize, to: usize): void {
  products<N>(x, y, x, end, to, false)
}

/** The same for some lines of both panels, whose offsets are the u32 from `list` to `end`. */
export function addListed<N extends number> (x: usize, y: usize, list: usize, end: usize, to: usize): void {
  products<N>(x, y, list, end, to, true)
}

// @ts-ignore: decorator
@inline function products<N extends number> (x: usize, y: usize, at: usize, end: usize, to: usize, listed: bool): void {
  const distance = y - x
  let a0 = f64x2.splat(0)
  let a1 = a0
  let b0 = a0
  let b1 = a0
  let c0 = a0
  let c1 = a0
  let d0 = a0
  let d1 = a0
  for (; at < end; at += listed ? 4 : 64) {
    const p = listed ? x + <usize>load<u32>(at) : at
    const y0 = v128.load(p + distance)
    const y1 = v128.load(p + distance, 16)
    const a = v128.load(p)
    a0 = madd<N>(a0, a, y0); a1 = madd<N>(a1, a, y1)
    const b = v128.load(p, 16)
    b0 = madd<N>(b0, b, y0); b1 = madd<N>(b1, b, y1)
    const c = v128.load(p, 32)
    c0 = madd<N>(c0, c, y0); c1 = madd<N>(c1, c, y1)
    const d = v128.load(p, 48)
    d0 = madd<N>(d0, d, y0); d1 = madd<N>(d1, d, y1)
  }
  if (sizeof<N>() == 4) {
    addTwice(to, fourSums(a0, a1, b0, b1))
    addTwice(to + 32, fourSums(c0, c1, d0, d1))
  } else {
    addPair(to, pairOfSums(a0, a1))
    addPair(to + 16, pairOfSums(b0, b1))
    addPair(to + 32, pairOfSums(c0, c1))
    addPair(to + 48, pairOfSums(d0, d1))
  }
}
