// log and log1p, good to 2^-45. Both write x = 2^k·(1 + f) with √½ ≤ 1 + f < √2; with s = f/(2 + f),
// log(1 + f) = 2·artanh s. Where k = 0 nothing cancels, as f is exact.

import { add, addMul, at, choose, div, mul, pair, quad, signed, sub } from '../arithmetic'
import { INFINITE, ONE, TWO, ZERO } from '../constants'
import { aligned, exponentOf, FROM_SQRT_HALF, mantissaOf } from '../log'

const LN2 = memory.data<f64>([0.6931471805599453])
const MINUS_INFINITE = memory.data<f64>([-Infinity])

// 2·artanh(√z)/√z for z ≤ 0.0295: minimax (Remez), good to 2^-45.
const NARROW = memory.data<f64>([
  1.9999999999999467, 0.6666666667965797, 0.3999999487010488, 0.28572168243433393, 0.2217416730078412,
  0.19609233893106745
])
// The same for z ≤ 1/9, good to 2^-33.
const WIDE = memory.data<f64>([
  1.999999999802848, 0.6666667930655008, 0.3999869093847497, 0.286207216250572, 0.21393252646848807, 0.2441306914715805
])

/** k·ln 2 + log(1 + f). */
// @ts-ignore: decorator
@inline function series (k: v128, f: v128): v128 {
  const s = div(f, add(f, at(TWO)))
  const z = mul(s, s)
  const z2 = mul(z, z)
  return addMul(mul(k, at(LN2)), s, addMul(quad(NARROW, z, z2), pair(NARROW + 32, z), mul(z2, z2)))
}

/** Whether both lanes of `x` are above 0 and below ∞. */
// @ts-ignore: decorator
@inline function areOrdinary (x: v128): bool {
  return i64x2.bitmask(v128.and(f64x2.gt(x, at(ZERO)), f64x2.lt(x, at(INFINITE)))) == 3
}

/** Puts the logarithms of 0, ∞, NaN and of what is below 0 over `y`. */
function special (x: v128, y: v128): v128 {
  const finite = choose(f64x2.lt(x, at(INFINITE)), y, x)
  return v128.or(choose(f64x2.eq(x, at(ZERO)), at(MINUS_INFINITE), finite), f64x2.lt(x, at(ZERO)))
}

/** log x of a finite x > 0; that of 0 is finite and below -700. */
// @ts-ignore: decorator
@inline export function logPositive (x: v128): v128 {
  const bits = aligned(x, FROM_SQRT_HALF)
  return series(exponentOf(bits), sub(mantissaOf(bits, FROM_SQRT_HALF), at(ONE)))
}

/** log x, for x that are no subnormal float64: no float32 is one. */
// @ts-ignore: decorator
@inline export function log (x: v128): v128 {
  const y = logPositive(x)
  return areOrdinary(x) ? y : special(x, y)
}

/**
 * log(1 + x) of a finite x > -1; that of -1 is finite and below -700. Where k = 0, x itself is f; elsewhere the
 * rounding of 1 + x is too small to matter.
 */
// @ts-ignore: decorator
@inline function log1pPositive (x: v128): v128 {
  const u = add(x, at(ONE))
  const bits = aligned(u, FROM_SQRT_HALF)
  const k = exponentOf(bits)
  const f = choose(f64x2.eq(k, at(ZERO)), x, sub(mantissaOf(bits, FROM_SQRT_HALF), at(ONE)))
  return series(k, f)
}

/** log(1 + x). */
// @ts-ignore: decorator
@inline export function log1p (x: v128): v128 {
  const u = add(x, at(ONE))
  const y = signed(log1pPositive(x), x)
  return areOrdinary(u) ? y : special(u, y)
}

/** log(1 + x) for x in [0, 1] or NaN, good to 2^-33. */
// @ts-ignore: decorator
@inline export function log1pUnit (x: v128): v128 {
  const s = div(x, add(x, at(TWO)))
  const z = mul(s, s)
  const z2 = mul(z, z)
  return mul(s, addMul(quad(WIDE, z, z2), pair(WIDE + 32, z), mul(z2, z2)))
}
