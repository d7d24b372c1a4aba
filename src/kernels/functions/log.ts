// log and log1p. Both write x = 2^k·(1 + f) with √½ ≤ 1 + f < √2 and use fdlibm's series: with s = f/(2 + f),
// log(1 + f) = f − f²/2 + s·(f²/2 + R(s²)). fdlibm's last sums lose up to 0.9 ulp; here f²/2 is split by Dekker's
// heads and what k·ln 2 + f − f²/2 loses to rounding is added to the small terms.

import { above, add, at, below, choose, div, head, addMul, lost, mul, pair, quad, signed, sub } from './arithmetic'
import { FIFTY_FOUR, HALF, INFINITE, LN2_HIGH, LN2_LOW, LOWEST_NORMAL, ONE, TWO, TWO_54, ZERO } from './constants'

const MINUS_ONE = memory.data<f64>([-1])
const MINUS_INFINITE = memory.data<f64>([-Infinity])

const SQRT_HALF: u64 = 0x3FE6A09E667F3BCD // the bits of √½
const MANTISSA: u64 = 0x000FFFFFFFFFFFFF
const TWO_52_BITS: u64 = 0x4330000000000000 // the bits of 2^52: an integer in the mantissa makes a sum
const TWO_52_BIASED = memory.data<f64>([4503599627370496 + 1023])

// R(z) = z·(2/3 + 2/5·z + …) for z ≤ 0.0295: minimax, s·R(s²) is good to 2^-58 of s³.
const SERIES = memory.data<f64>([
  0.6666666666666734, 0.3999999999941357, 0.2857142874266031, 0.22222198542742097,
  0.18183566028529358, 0.15314004074261964, 0.14796442668588494
])

/** The bits of a positive normal x, aligned so that k lies in the exponent field and 1 + f − √½ in the rest. */
export function aligned (x: v128, least: u64): v128 { return i64x2.add(x, i64x2.splat(0x3FF0000000000000 - least)) }

export function exponentOf (bits: v128): v128 {
  return sub(v128.or(i64x2.shr_u(bits, 52), i64x2.splat(TWO_52_BITS)), at(TWO_52_BIASED))
}

export function mantissaOf (bits: v128, least: u64): v128 {
  return i64x2.add(v128.and(bits, i64x2.splat(MANTISSA)), i64x2.splat(least))
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

/** log x. */
export function log (x: v128): v128 {
  const subnormal = f64x2.lt(x, at(LOWEST_NORMAL))
  const bits = aligned(choose(subnormal, mul(x, at(TWO_54)), x), SQRT_HALF)
  const k = sub(exponentOf(bits), v128.and(subnormal, at(FIFTY_FOUR)))
  const y = series(k, sub(mantissaOf(bits, SQRT_HALF), at(ONE)), mul(k, at(LN2_LOW)))
  const finite = choose(f64x2.lt(x, at(INFINITE)), y, x) // +∞ and NaN are their own logarithms
  return v128.or(choose(f64x2.eq(x, at(ZERO)), at(MINUS_INFINITE), finite), f64x2.lt(x, at(ZERO)))
}

/** log(1 + x) for a finite x > -1 or NaN, given u = 1 + x. */
function corrected (x: v128, u: v128): v128 {
  // 1 + x = u + rest exactly, and log(u + rest) = log u + rest/u − (rest/u)²/2 + …, of which rest/u < 2^-53 suffices.
  const rest = sub(below(x, at(ONE)), sub(u, above(x, at(ONE))))
  const bits = aligned(u, SQRT_HALF)
  const k = exponentOf(bits)
  return series(k, sub(mantissaOf(bits, SQRT_HALF), at(ONE)), addMul(div(rest, u), k, at(LN2_LOW)))
}

/** log(1 + x). */
export function log1p (x: v128): v128 {
  const u = add(x, at(ONE))
  const y = signed(corrected(x, u), x)
  const finite = choose(f64x2.lt(x, at(INFINITE)), y, x)
  return v128.or(choose(f64x2.eq(u, at(ZERO)), at(MINUS_INFINITE), finite), f64x2.lt(x, at(MINUS_ONE)))
}

/** log(1 + x) for x in [0, 1] or NaN, without the special cases of log1p. */
export function log1pUnit (x: v128): v128 { return corrected(x, add(x, at(ONE))) }
