// The functions of one f64x2 vector as float32 needs them: the float64 result is good to 2^-30 of itself or better, so
// that rounding it to float32 gives 0.52 ulp at most. About four times as fast as those of float64, with the same
// special values.

export { decay } from './decay'
export { exp, expm1 } from './exp'
export { log, log1p, log1pUnit, logPositive } from './log'
export { logSigmoid, sigmoid, softplus } from './logistic'
export { pow, xlogy } from './pow'
export { logRatio } from './ratio'
export { tanh } from './tanh'
