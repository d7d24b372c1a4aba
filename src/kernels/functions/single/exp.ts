// exp and expm1, good to 2^-32. Both write x = k·ln 2 + r with |r| ≤ ½·ln 2 in one step, which float64 has bits to
// spare for, and take e^r − 1 from one polynomial.

import { above, addMul, add, at, below, choose, mul, pair, quad, signed, sub } from '../arithmetic'
import { INFINITE, ONE } from '../constants'

const LOG2_E = memory.data<f64>([1.4426950408889634])
const LN2 = memory.data<f64>([0.6931471805599453])

// Added to |k| < 2^50 it rounds k to an integer and leaves k + 1023, the exponent field of 2^k, in the lowest bits.
const SHIFT = memory.data<f64>([6755399441055744 + 1023])

// Where 2^k becomes 0 and ∞ of its own, with k = -1023 and 1024; and the last place where expm1 is finite.
const LEAST = memory.data<f64>([-709.4])
const MOST = memory.data<f64>([709.8])
const EXPM1_LEAST = memory.data<f64>([-40])
const EXPM1_MOST = memory.data<f64>([709])

// (e^r − 1)/r for |r| ≤ 0.3466: minimax (Remez), good to 2^-32.
const SERIES = memory.data<f64>([
  1.0000000000312241, 0.5000000046687502, 0.16666666249358225, 0.041666354305959476, 0.008333402927995611,
  0.0013941016457722313, 0.00019841250966378592
])

/** nearest(x·log₂ e), shifted. */
// @ts-ignore: decorator
@inline function exponent (x: v128): v128 { return addMul(at(SHIFT), x, at(LOG2_E)) }

/** 2^k of a shifted k in [-1022, 1023]; 0 and ∞ of -1023 and 1024. */
// @ts-ignore: decorator
@inline function power (k: v128): v128 { return i64x2.shl(k, 52) }

/** e^r − 1 of r = x − k·ln 2. */
// @ts-ignore: decorator
@inline function rest (x: v128, k: v128): v128 {
  const r = sub(x, mul(sub(k, at(SHIFT)), at(LN2)))
  const r2 = mul(r, r)
  const high = addMul(pair(SERIES + 32, r), r2, at(SERIES + 48))
  return mul(r, addMul(quad(SERIES, r, r2), high, mul(r2, r2)))
}

/** e^x; 0 below e^-709, ∞ from e^709.5 on. */
// @ts-ignore: decorator
@inline export function exp (x: v128): v128 {
  const clamped = above(below(x, at(MOST)), at(LEAST))
  const k = exponent(clamped)
  return mul(add(at(ONE), rest(clamped, k)), power(k))
}

/** e^x − 1 = (2^k − 1) + 2^k·(e^r − 1); ∞ above e^709. */
// @ts-ignore: decorator
@inline export function expm1 (x: v128): v128 {
  const clamped = above(below(x, at(EXPM1_MOST)), at(EXPM1_LEAST))
  const k = exponent(clamped)
  const y = signed(addMul(sub(power(k), at(ONE)), power(k), rest(clamped, k)), x)
  return choose(f64x2.gt(x, at(EXPM1_MOST)), at(INFINITE), y)
}
