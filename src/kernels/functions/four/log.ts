// Logarithms in four float32 lanes, without a division.

import { add, addMul, at, mul, pair, sub } from './arithmetic'

// ln 2 = LN2_HIGH − LN2_LOW; the first has 9 bits, so that its product with an exponent is exact (Cody & Waite 1980).
const LN2_HIGH = memory.data<f32>([0.693359375])
const LN2_LOW = memory.data<f32>([2.12194440e-4])
const ONE = memory.data<f32>([1])
const HALF = memory.data<f32>([0.5])

const LOWEST_NORMAL = memory.data<f32>([1.1754943508222875e-38])
const TWO_24 = memory.data<f32>([16777216])
const TWENTY_FOUR = memory.data<f32>([24])

/** The bits of √½. */
const SQRT_HALF = memory.data<u32>([0x3F3504F3])

// (log(1 + f) − f + f²/2)/f³ for √½ ≤ 1 + f ≤ 1.5: minimax (Remez), f³ times it is good to 2^-27 of log(1 + f).
const SERIES = memory.data<f32>([
  0.33333319425582886, -0.2500026822090149, 0.20001785457134247, -0.16654027998447418, 0.14216075837612152,
  -0.12636852264404297, 0.12129604816436768, -0.10456696897745132, 0.04806312918663025
])

/** The nine coefficients of SERIES as a polynomial by Estrin's scheme. */
// @ts-ignore: decorator
@inline function polynomial (x: v128, x2: v128): v128 {
  const x4 = mul(x2, x2)
  const low = addMul(pair(SERIES, x), pair(SERIES + 8, x), x2)
  const high = addMul(pair(SERIES + 16, x), addMul(pair(SERIES + 24, x), at(SERIES + 32), x2), x2)
  return addMul(low, high, x4)
}

/** k·ln 2 + log(1 + f); what the sum of the largest terms loses is added to the small ones. */
// @ts-ignore: decorator
@inline function series (k: v128, f: v128): v128 {
  const f2 = mul(f, f)
  const cubic = mul(mul(f, f2), polynomial(f, f2))
  const whole = mul(k, at(LN2_HIGH))
  const sum = add(whole, f)
  const lost = add(sub(whole, sum), f)
  const small = sub(sub(cubic, mul(f2, at(HALF))), mul(k, at(LN2_LOW)))
  return add(sum, add(lost, small))
}

/** k of a normal x = 2^k·m with √½ ≤ m < √2, as i32; -127 of 0. */
// @ts-ignore: decorator
@inline function exponentOf (x: v128): v128 { return i32x4.shr_s(i32x4.sub(x, at(SQRT_HALF)), 23) }

/** log x of a finite x ≥ 0, within 1 ulp; that of 0 is finite and below -104. */
// @ts-ignore: decorator
@inline export function log (x: v128): v128 {
  const subnormal = f32x4.lt(x, at(LOWEST_NORMAL))
  const normal = v128.bitselect(mul(x, at(TWO_24)), x, subnormal)
  const k = exponentOf(normal)
  const f = sub(i32x4.sub(normal, i32x4.shl(k, 23)), at(ONE))
  return series(sub(f32x4.convert_i32x4_s(k), v128.and(subnormal, at(TWENTY_FOUR))), f)
}

/**
 * log(1 − x) for 0 ≤ x ≤ 1, within 1 ulp; that of 1 is finite and below -104. Rounding 1 − x only chooses k: with that,
 * f = (2^-k − 1) − 2^-k·x is exact.
 */
// @ts-ignore: decorator
@inline export function logComplement (x: v128): v128 {
  const k = exponentOf(sub(at(ONE), x))
  const scale = i32x4.sub(at(ONE), i32x4.shl(k, 23))
  const f = sub(sub(scale, at(ONE)), mul(scale, x))
  const none = f32x4.eq(x, at(ONE))
  return series(sub(f32x4.convert_i32x4_s(k), v128.and(none, at(TWENTY_FOUR))), f)
}

/** log(1 + d) for 0 ≤ d ≤ 1 or NaN, within 1 ulp: ln 2 + log(1 + (d − 1)/2) where d > ½. */
// @ts-ignore: decorator
@inline export function log1pUnit (d: v128): v128 {
  const large = f32x4.gt(d, at(HALF))
  const f = v128.bitselect(mul(sub(d, at(ONE)), at(HALF)), d, large)
  return series(v128.and(large, at(ONE)), f)
}
