// exp of differences of similarities, which are float64 in panels of two columns to a piece: in N, which float32
// reaches with one rounding, as `decay` takes what rounding the difference leaves. What is less than 2^-59 of a row's
// greatest is 0 in float32: it adds nothing, subnormal numbers are slow, and gradients leave out what is 0.
import { exp } from '../functions'
import { decay } from '../functions/four'

const LEAST: f64 = -41

/** e^x of four float64 ≤ 0, as float32. */
// @ts-ignore: decorator
@inline export function fourExp (x0: v128, x1: v128): v128 {
  const least = f64x2.splat(LEAST)
  const a = f64x2.pmax(x0, least)
  const b = f64x2.pmax(x1, least)
  const x = narrowed(a, b)
  const restA = f64x2.sub(a, f64x2.promote_low_f32x4(x))
  const restB = f64x2.sub(b, f64x2.promote_low_f32x4(upper(x)))
  return v128.and(decay(x, narrowed(restA, restB)), f32x4.gt(x, f32x4.splat(<f32>LEAST)))
}

/** Four float64 as float32. */
// @ts-ignore: decorator
@inline export function narrowed (a: v128, b: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2)
}

/** The upper half in both. */
// @ts-ignore: decorator
@inline function upper (x: v128): v128 { return v128.shuffle<f64>(x, x, 1, 1) }

/** Σ exp(S − maximum) over the similarities at `line`. */
export function sumOfExp<N extends number> (line: usize, width: u32, maximum: f64): f64 {
  const m = f64x2.splat(maximum)
  let a = f64x2.splat(0)
  let b = a
  const end = line + (<usize>width << 5)
  for (; line < end; line += 128) {
    const x0 = f64x2.sub(v128.load(line), m)
    const x1 = f64x2.sub(v128.load(line, 64), m)
    if (sizeof<N>() == 4) {
      const e = fourExp(x0, x1)
      a = f64x2.add(a, f64x2.promote_low_f32x4(e))
      b = f64x2.add(b, f64x2.promote_low_f32x4(upper(e)))
    } else {
      a = f64x2.add(a, exp(x0))
      b = f64x2.add(b, exp(x1))
    }
  }
  const sum = f64x2.add(a, b)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}
