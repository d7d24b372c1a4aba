// tanh, from an expm1 that keeps its rounding error.

import { above, add, addMul, at, below, div, head, lost, mul, signed, sub } from './arithmetic'
import { HALF, LN2_HIGH, LN2_LOW, ONE, TWO } from './constants'
import { cubic, exponent, inverse, power, unshifted } from './exp'

const MOST = memory.data<f64>([22])

/**
 * tanh x = E/(E + 2), where E = e^2|x| − 1 is the sum of two f64, and so is the denominator. The quotient is corrected
 * by its remainder, which Dekker's heads make exact. Within 0.58 ulp (worst of 10^7 arguments).
 */
export function tanh (x: v128): v128 {
  // 1 − tanh 22 is below 2^-62, far below half the spacing under 1.
  const magnitude = below(f64x2.abs(x), at(MOST))
  const twice = add(magnitude, magnitude)
  const shift = exponent(twice)
  const k = unshifted(shift)
  const high = sub(twice, mul(k, at(LN2_HIGH)))
  const low = mul(k, at(LN2_LOW))
  const r = sub(high, low)
  const rest = sub(sub(high, r), low)

  // The sums of expm1, see there.
  const minus = inverse(shift)
  const first = sub(at(ONE), minus)
  const second = add(first, r)
  const front = head(r)
  const square = mul(mul(at(HALF), front), front)
  const third = add(second, square)
  const lost1 = sub(sub(at(ONE), first), minus)
  const lost2 = add(lost1, add(lost(first, r, second), lost(second, square, third)))
  const small = addMul(cubic(r, mul(r, r)), mul(at(HALF), add(r, front)), sub(r, front))
  const tail = add(lost2, add(small, addMul(rest, rest, r)))

  const unscaled = add(third, tail)
  const factor = power(shift)
  const E = mul(unscaled, factor)
  const lowE = mul(lost(third, tail, unscaled), factor)
  const bottom = add(E, at(TWO))
  const lowBottom = add(lowE, lost(above(E, at(TWO)), below(E, at(TWO)), bottom))

  const quotient = div(E, bottom)
  const q = head(quotient)
  const b = head(bottom)
  const bLow = sub(bottom, b)
  const qLow = sub(quotient, q)
  const remainder = sub(sub(sub(sub(E, mul(q, b)), mul(q, bLow)), mul(qLow, b)), mul(qLow, bLow))
  const missing = add(remainder, sub(lowE, mul(quotient, lowBottom)))
  return signed(add(quotient, div(missing, bottom)), x)
}
