// The logistic function and its relatives. All of them take e^-|z|, which never overflows.

import { add, at, above, below, choose, div, sub } from './arithmetic'
import { ONE, ZERO } from './constants'
import { exp } from './exp'
import { log1pUnit } from './log'

/** e^-|z|. */
function decay (z: v128): v128 { return exp(v128.or(z, i64x2.splat(i64.MIN_VALUE))) }

/** 1/(1 + e^-z), for negative z as e^z/(1 + e^z): tiny results keep their relative accuracy. */
export function sigmoid (z: v128): v128 {
  const e = decay(z)
  return div(choose(f64x2.lt(z, at(ZERO)), e, at(ONE)), add(at(ONE), e))
}

/** log(1 + e^z). */
export function softplus (z: v128): v128 { return add(above(z, at(ZERO)), log1pUnit(decay(z))) }

/** log(1/(1 + e^-z)) = −softplus(−z). */
export function logSigmoid (z: v128): v128 { return sub(below(z, at(ZERO)), log1pUnit(decay(z))) }
