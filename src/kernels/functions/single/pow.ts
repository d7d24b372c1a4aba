// x^y for x ≥ 0, and x·log y.

import { at, choose, mul } from '../arithmetic'
import { ONE, ZERO } from '../constants'
import { exp } from './exp'
import { log } from './log'

/**
 * x^y for x ≥ 0, good to 2^-30 wherever a float32 can hold it. Special cases are C99's, among them 1^NaN = NaN^0 = 1;
 * a negative x gives NaN unless y = 0.
 */
// @ts-ignore: decorator
@inline export function pow (x: v128, y: v128): v128 {
  const one = v128.or(f64x2.eq(y, at(ZERO)), f64x2.eq(x, at(ONE)))
  return choose(one, at(ONE), exp(mul(y, log(x))))
}

/** x·log y, and 0 where x = 0 and y is not NaN. */
// @ts-ignore: decorator
@inline export function xlogy (x: v128, y: v128): v128 {
  const none = v128.and(f64x2.eq(x, at(ZERO)), f64x2.eq(y, y))
  return v128.andnot(mul(x, log(y)), none)
}
