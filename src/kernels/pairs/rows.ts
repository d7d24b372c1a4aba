// Rows of float64 within a panel: 16 bytes of a row every 64 bytes. `span` is the length of a panel in bytes.

/** a + x·y. */
// @ts-ignore: decorator
@inline function madd (a: v128, x: v128, y: v128): v128 { return f64x2.add(a, f64x2.mul(x, y)) }

/** x·y. Rows are padded with zeros to four pieces. */
export function dot (x: usize, y: usize, span: usize): f64 {
  let a = f64x2.splat(0)
  let b = a
  let c = a
  let d = a
  const end = x + span
  for (; x < end; x += 256, y += 256) {
    a = madd(a, v128.load(x), v128.load(y))
    b = madd(b, v128.load(x, 64), v128.load(y, 64))
    c = madd(c, v128.load(x, 128), v128.load(y, 128))
    d = madd(d, v128.load(x, 192), v128.load(y, 192))
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d))
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** x·y in float64 of rows of float32, within panels of half the span. */
export function dotNarrow (x: usize, y: usize, span: usize): f64 {
  let a = f64x2.splat(0)
  let b = a
  const end = x + (span >> 1)
  for (; x < end; x += 64, y += 64) {
    const p = v128.load(x)
    const q = v128.load(y)
    a = madd(a, f64x2.promote_low_f32x4(p), f64x2.promote_low_f32x4(q))
    b = madd(b, f64x2.promote_low_f32x4(v128.shuffle<f64>(p, p, 1, 1)), f64x2.promote_low_f32x4(v128.shuffle<f64>(q, q, 1, 1)))
  }
  const sum = f64x2.add(a, b)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Writes weight·x to the row at `to`. */
export function multiple (weight: f64, x: usize, span: usize, to: usize): void {
  const w = f64x2.splat(weight)
  for (let at: usize = 0; at < span; at += 64) v128.store(to + at, f64x2.mul(w, v128.load(x + at)))
}

/** Adds weight·x to the row at `to`. */
export function addMultiple (weight: f64, x: usize, span: usize, to: usize): void {
  const w = f64x2.splat(weight)
  for (let at: usize = 0; at < span; at += 64) v128.store(to + at, madd(v128.load(to + at), w, v128.load(x + at)))
}
