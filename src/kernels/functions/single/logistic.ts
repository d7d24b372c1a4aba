// The logistic function and its relatives, good to 2^-31.

import { above, add, at, below, div, negative, sub } from '../arithmetic'
import { ONE, ZERO } from '../constants'
import { exp } from './exp'
import { log1pUnit } from './log'

/** 1/(1 + e^-z). */
// @ts-ignore: decorator
@inline export function sigmoid (z: v128): v128 { return div(at(ONE), add(at(ONE), exp(f64x2.neg(z)))) }

/** log(1 + e^z). */
// @ts-ignore: decorator
@inline export function softplus (z: v128): v128 { return add(above(z, at(ZERO)), log1pUnit(exp(negative(z)))) }

/** log(1/(1 + e^-z)) = −softplus(−z). */
// @ts-ignore: decorator
@inline export function logSigmoid (z: v128): v128 { return sub(below(z, at(ZERO)), log1pUnit(exp(negative(z)))) }
