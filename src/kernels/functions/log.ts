// log and log1p. Both write x = 2^k·(1 + f) with √½ ≤ 1 + f < √2 and use fdlibm's series: with s = f/(2 + f),
// log(1 + f) = f − f²/2 + s·(f²/2 + R(s²)). Unlike fdlibm, k·ln 2 + f − f²/2 is summed exactly, with f²/2 as the exact
// square of a head and a small rest; so the last addition is the only one of its size that rounds.

import { above, add, addMul, at, below, choose, div, head, lost, mul, pair, quad, signed, sub } from './arithmetic'
import { FIFTY_FOUR, HALF, INFINITE, LN2_HIGH, LN2_LOW, LOWEST_NORMAL, ONE, TWO, TWO_54, ZERO } from './constants'

const MINUS_ONE = memory.data<f64>([-1])
const MINUS_INFINITE = memory.data<f64>([-Infinity])

// The bits of √½, and what takes them to those of 1.
export const FROM_SQRT_HALF = memory.data<u64>([0x3FE6A09E667F3BCD, 0x3FF0000000000000 - 0x3FE6A09E667F3BCD])
const MANTISSA = memory.data<u64>([0x000FFFFFFFFFFFFF])
const TWO_52 = memory.data<f64>([4503599627370496])
const TWO_52_BIASED = memory.data<f64>([4503599627370496 + 1023])

// R(z) = z·(2/3 + 2/5·z + …) for z ≤ 0.0295: minimax, s·R(s²) is good to 2^-58 of s³.
const SERIES = memory.data<f64>([
  0.6666666666666734, 0.3999999999941357, 0.2857142874266031, 0.22222198542742097,
  0.18183566028529358, 0.15314004074261964, 0.14796442668588494
])

/** The bits of a normal x = 2^k·m, least ≤ m < 2·least, moved so that the exponent field is that of 2^k. */
export function aligned (x: v128, from: usize): v128 { return i64x2.add(x, at(from + 8)) }

/** k of aligned bits, as f64: integers below 2^52 are the lowest bits of their sum with 2^52. */
export function exponentOf (bits: v128): v128 {
  return sub(v128.or(i64x2.shr_u(bits, 52), at(TWO_52)), at(TWO_52_BIASED))
}

/** m of aligned bits. */
export function mantissaOf (bits: v128, from: usize): v128 {
  return i64x2.add(v128.and(bits, at(MANTISSA)), at(from))
}

/** k·LN2_HIGH + log(1 + f) + extra, for an extra that is small beside the result. */
function series (k: v128, f: v128, extra: v128): v128 {
  const s = div(f, add(f, at(TWO)))
  const z = mul(s, s)
  const z2 = mul(z, z)
  const high = addMul(pair(SERIES + 32, z), at(SERIES + 48), z2)
  const R = mul(z, addMul(quad(SERIES, z, z2), high, mul(z2, z2)))

  const front = head(f)
  const half = mul(at(HALF), front)
  const square = mul(half, front)
  const squareLow = mul(sub(f, front), addMul(half, at(HALF), f))
  const whole = mul(k, at(LN2_HIGH))
  const first = add(whole, f)
  const second = sub(first, square)
  const rest = add(lost(whole, f, first), sub(sub(first, second), square))
  return add(second, add(add(rest, extra), sub(mul(s, add(add(square, squareLow), R)), squareLow)))
}

/** log x, within 0.69 ulp (worst of 10^7 arguments). */
export function log (x: v128): v128 {
  const subnormal = f64x2.lt(x, at(LOWEST_NORMAL))
  const bits = aligned(choose(subnormal, mul(x, at(TWO_54)), x), FROM_SQRT_HALF)
  const k = sub(exponentOf(bits), v128.and(subnormal, at(FIFTY_FOUR)))
  const y = series(k, sub(mantissaOf(bits, FROM_SQRT_HALF), at(ONE)), mul(k, at(LN2_LOW)))
  const finite = choose(f64x2.lt(x, at(INFINITE)), y, x) // +∞ and NaN are their own logarithms
  return v128.or(choose(f64x2.eq(x, at(ZERO)), at(MINUS_INFINITE), finite), f64x2.lt(x, at(ZERO)))
}

/** log(1 + x) for a finite x > -1 or NaN, given u = 1 + x. */
function corrected (x: v128, u: v128): v128 {
  // 1 + x = u + rest exactly, and log(u + rest) = log u + rest/u − (rest/u)²/2 + …, of which rest/u < 2^-53 suffices.
  const rest = sub(below(x, at(ONE)), sub(u, above(x, at(ONE))))
  const bits = aligned(u, FROM_SQRT_HALF)
  const k = exponentOf(bits)
  return series(k, sub(mantissaOf(bits, FROM_SQRT_HALF), at(ONE)), addMul(div(rest, u), k, at(LN2_LOW)))
}

/** log(1 + x), within 0.70 ulp (worst of 10^7 arguments). */
export function log1p (x: v128): v128 {
  const u = add(x, at(ONE))
  const y = signed(corrected(x, u), x)
  const finite = choose(f64x2.lt(x, at(INFINITE)), y, x)
  return v128.or(choose(f64x2.eq(u, at(ZERO)), at(MINUS_INFINITE), finite), f64x2.lt(x, at(MINUS_ONE)))
}

/** log(1 + x) for x in [0, 1] or NaN, without the special cases of log1p. */
export function log1pUnit (x: v128): v128 { return corrected(x, add(x, at(ONE))) }
