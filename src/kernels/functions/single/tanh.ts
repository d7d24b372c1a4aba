// tanh, good to 2^-31.

import { above, add, at, below, div } from '../arithmetic'
import { TWO } from '../constants'
import { expm1 } from './exp'

// Beyond, tanh is ±1 to a float64.
const MOST = memory.data<f64>([22])
const LEAST = memory.data<f64>([-22])

/** tanh x = E/(E + 2) with E = e^2x − 1. */
// @ts-ignore: decorator
@inline export function tanh (x: v128): v128 {
  const within = above(below(x, at(MOST)), at(LEAST))
  const E = expm1(add(within, within))
  return div(E, add(E, at(TWO)))
}
