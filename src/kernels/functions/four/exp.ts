// exp in four float32 lanes: a quarter of the time of ../single, for arguments that may come with a low part, so that
// a difference loses nothing by being rounded to float32.

import { above, add, addMul, at, below, mul, pair, sub } from './arithmetic'

const LOG2_E = memory.data<f32>([1.4426950408889634])

// ln 2 = LN2_HIGH − LN2_LOW; the first has 9 bits, so that its product with an exponent is exact (Cody & Waite 1980).
const LN2_HIGH = memory.data<f32>([0.693359375])
const LN2_LOW = memory.data<f32>([2.12194440e-4])
const ONE = memory.data<f32>([1])

// Added to |k| < 2^21 it rounds k to an integer and leaves k + 190, in the lowest bits: 2^(k + 63) has that exponent.
const SHIFT = memory.data<f32>([12582912 + 190])
const SCALE = memory.data<f32>([1.0842021724855044e-19]) // 2^-63
// The same with k + 254, two exponent biases.
const SHIFT_2 = memory.data<f32>([12582912 + 254])

// e^-104 is below half the least subnormal, e^89 overflows.
const LEAST = memory.data<f32>([-104])
const MOST = memory.data<f32>([89])

// (e^r − 1 − r)/r² for |r| ≤ 0.3466: minimax (Remez), r² times it is good to 2^-28.
const SERIES = memory.data<f32>([
  0.49999993448465796, 0.16666520638454563, 0.04166838796077912, 0.008368716440161704, 0.0013814602218054747
])

/** e^(x + low − k·ln 2). */
// @ts-ignore: decorator
@inline function reduced (x: v128, low: v128, k: v128): v128 {
  const high = sub(x, mul(k, at(LN2_HIGH)))
  const rest = addMul(low, k, at(LN2_LOW))
  const r = add(high, rest)
  const r2 = mul(r, r)
  const P = addMul(pair(SERIES, r), addMul(pair(SERIES + 8, r), r2, at(SERIES + 16)), r2)
  return add(at(ONE), addMul(r, r2, P))
}

/** e^(x + low) for x ≤ 0 and a `low` of at most an ulp of x, within 1 ulp; -∞ gives 0 where `low` is finite. */
// @ts-ignore: decorator
@inline export function decay (x: v128, low: v128): v128 {
  const clamped = above(x, at(LEAST))
  const shifted = addMul(at(SHIFT), clamped, at(LOG2_E))
  const y = reduced(clamped, low, sub(shifted, at(SHIFT)))
  return mul(mul(y, i32x4.shl(shifted, 23)), at(SCALE))
}

/** e^x, within 1 ulp. Two factors, as 2^k may lie outside the range; only the second product can round. */
// @ts-ignore: decorator
@inline export function exp (x: v128): v128 {
  const clamped = above(below(x, at(MOST)), at(LEAST))
  const shifted = addMul(at(SHIFT_2), clamped, at(LOG2_E))
  const y = reduced(clamped, f32x4.splat(0), sub(shifted, at(SHIFT_2)))
  const half = i32x4.shr_u(i32x4.shl(shifted, 10), 11) // without the bits of the shift itself
  return mul(mul(y, i32x4.shl(half, 23)), i32x4.shl(i32x4.sub(shifted, half), 23))
}
