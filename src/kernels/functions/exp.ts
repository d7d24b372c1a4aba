// exp and expm1. Both write x = k·ln 2 + r with |r| ≤ ½·ln 2 (Cody & Waite 1980), expand e^r as 1 + r + r²/2 + r³·P(r)
// and put 2^k back in the last step.

import { above, add, addMul, at, below, head, lost, mul, pair, quad, signed, sub } from './arithmetic'
import { HALF, LN2_HIGH, LN2_LOW, ONE } from './constants'

const LOG2_E = memory.data<f64>([1.4426950408889634])

// Added to |k| < 2^50 it rounds k to an integer and leaves k + 2046, that is two exponent biases, in the lowest bits.
const SHIFT: f64 = 6755399441055744 + 2046
const SHIFTED_0 = memory.data<f64>([SHIFT])
const SHIFTED_64 = memory.data<f64>([SHIFT + 64])

const BIAS = memory.data<u64>([1023])
const THREE_BIASES = memory.data<u64>([3 * 1023])

const EXP_MOST = memory.data<f64>([710])
const EXP_LEAST = memory.data<f64>([-746])
const EXPM1_LEAST = memory.data<f64>([-38])

// P(r) = (e^r − 1 − r − r²/2) / r³ for |r| ≤ 0.3466: minimax (Remez), r³·P(r) is good to 2^-64.
const CUBIC = memory.data<f64>([
  0.16666666666666685, 0.04166666666666667, 0.008333333333316498, 0.0013888888888884258,
  0.00019841269897663248, 2.4801587323266493e-05, 2.7557233625610784e-06, 2.755727692539346e-07,
  2.5112455241716604e-08, 2.09132125677772e-09
])

/** nearest(x), shifted. */
export function shifted (x: v128): v128 { return add(x, at(SHIFTED_0)) }

export function unshifted (k: v128): v128 { return sub(k, at(SHIFTED_0)) }

/** nearest(x·log₂ e), shifted. */
export function exponent (x: v128): v128 { return shifted(mul(x, at(LOG2_E))) }

/** 2^k of a shifted k in [-1022, 1023]. */
export function power (k: v128): v128 { return i64x2.shl(i64x2.sub(k, at(BIAS)), 52) }

/** 2^-k of a shifted k in [-1023, 1022]. */
export function inverse (k: v128): v128 { return i64x2.shl(i64x2.sub(at(THREE_BIASES), k), 52) }

/**
 * x·2^k of a shifted k in [-1100, 1100]. Two factors, as 2^k may lie outside the range; only the second product can
 * round, and does so only when the result is subnormal.
 */
export function scale (x: v128, k: v128): v128 {
  const half = i64x2.shr_u(k, 1)
  return mul(mul(x, i64x2.shl(half, 52)), i64x2.shl(i64x2.sub(k, half), 52))
}

/** r³·P(r) = e^r − 1 − r − r²/2. */
export function cubic (r: v128, r2: v128): v128 {
  const r4 = mul(r2, r2)
  const high = addMul(quad(CUBIC + 32, r, r2), pair(CUBIC + 64, r), r4)
  return mul(mul(r, r2), addMul(quad(CUBIC, r, r2), high, r4))
}

/** e^x, within 0.66 ulp, and 0.78 ulp where the result is subnormal (worst of 10^7 arguments). */
export function exp (x: v128): v128 {
  // e^710 overflows, e^-746 is below half the least subnormal, and so is everything past them.
  const clamped = above(below(x, at(EXP_MOST)), at(EXP_LEAST))
  const shift = exponent(clamped)
  const k = unshifted(shift)
  const high = sub(clamped, mul(k, at(LN2_HIGH)))
  const low = mul(k, at(LN2_LOW))
  const r = sub(high, low)
  const r2 = mul(r, r)
  const sum = add(at(ONE), high)
  const rest = sub(lost(at(ONE), high, sum), low)
  return scale(add(sum, add(rest, addMul(cubic(r, r2), at(HALF), r2))), shift)
}

/**
 * e^x − 1 = 2^k·((1 − 2^-k) + r + r²/2 + r³·P(r)), within 0.71 ulp (worst of 10^7 arguments). The first three terms
 * cancel where k = 1 and r < 0, so their sums are exact; for that r²/2 is the exact square of a head and a small rest.
 */
export function expm1 (x: v128): v128 {
  // Below -38, e^x is less than a quarter of the spacing at -1.
  const clamped = above(below(x, at(EXP_MOST)), at(EXPM1_LEAST))
  const shift = exponent(clamped)
  const k = unshifted(shift)
  const high = sub(clamped, mul(k, at(LN2_HIGH)))
  const low = mul(k, at(LN2_LOW))
  const r = sub(high, low)
  const rest = sub(sub(high, r), low)

  const minus = inverse(below(shift, at(SHIFTED_64))) // 2^-64 and less vanish beside 1
  const first = sub(at(ONE), minus)
  const second = add(first, r)
  const front = head(r)
  const back = sub(r, front)
  const square = mul(mul(at(HALF), front), front)
  const third = add(second, square)

  const lost1 = sub(sub(at(ONE), first), minus)
  const lost2 = add(lost1, add(lost(first, r, second), lost(second, square, third)))
  const small = addMul(cubic(r, mul(r, r)), mul(at(HALF), add(r, front)), back)
  const tail = add(lost2, add(small, addMul(rest, rest, r)))
  return signed(scale(add(third, tail), shift), x)
}
