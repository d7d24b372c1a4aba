// Functions of one f64x2 vector, each lane by itself: a scalar in a splat gets the bits it would get in any lane. Only
// +, −, ×, ÷, comparisons and bit operations, so the bits are the same on every machine. Each docstring gives the worst
// error seen beside a reference of 64 bits; test/golden/functions.py makes the committed reference.

export { exp, expm1 } from './exp'
export { log, log1p, log1pUnit } from './log'
export { logSigmoid, sigmoid, softplus } from './logistic'
export { pow, xlogy } from './pow'
export { scalarExp, scalarExpm1, scalarLog, scalarLog1p, scalarPow, scalarSigmoid, scalarSoftplus } from './scalar'
export { tanh } from './tanh'
