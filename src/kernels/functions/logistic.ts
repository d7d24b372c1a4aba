// The logistic function and its relatives. All of them take e^-|z|, which never overflows.

import { above, add, at, below, choose, div, negative, sub } from './arithmetic'
import { ONE, ZERO } from './constants'
import { exp } from './exp'
import { log1pUnit } from './log'

/** e^-|z|. */
function decay (z: v128): v128 { return exp(negative(z)) }

/**
 * 1/(1 + e^-z), within 2.5 ulp (worst of 10^7 arguments); for negative z as e^z/(1 + e^z), so that tiny results are as
 * accurate as others.
 */
export function sigmoid (z: v128): v128 {
  const e = decay(z)
  return div(choose(f64x2.lt(z, at(ZERO)), e, at(ONE)), add(at(ONE), e))
}

/** log(1 + e^z), within 1.5 ulp (worst of 10^7 arguments). */
export function softplus (z: v128): v128 { return add(above(z, at(ZERO)), log1pUnit(decay(z))) }

/** log(1/(1 + e^-z)) = −softplus(−z), within 1.5 ulp (worst of 10^7 arguments). */
export function logSigmoid (z: v128): v128 { return sub(below(z, at(ZERO)), log1pUnit(decay(z))) }
