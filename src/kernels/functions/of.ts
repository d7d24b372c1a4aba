// The functions of one f64x2 vector, as accurate as T asks: those of float64, or those that are rounded to float32.

import * as four from './four'
import * as double from './index'
import * as single from './single'

// @ts-ignore: decorator
@inline export function expOf<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.exp(x) : single.exp(x)
}

/** e^-|z|, which never overflows. */
// @ts-ignore: decorator
@inline export function decayOf<T extends number> (z: v128): v128 { return expOf<T>(f64x2.neg(f64x2.abs(z))) }

// @ts-ignore: decorator
@inline export function expm1Of<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.expm1(x) : single.expm1(x)
}

// @ts-ignore: decorator
@inline export function logOf<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.log(x) : single.log(x)
}

/** log x of a finite x ≥ 0 or NaN; that of 0 is finite and below -700, or -∞. */
// @ts-ignore: decorator
@inline export function logPositiveOf<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.log(x) : single.logPositive(x)
}

// @ts-ignore: decorator
@inline export function log1pOf<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.log1p(x) : single.log1p(x)
}

// @ts-ignore: decorator
@inline export function log1pUnitOf<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.log1pUnit(x) : single.log1pUnit(x)
}

// @ts-ignore: decorator
@inline export function tanhOf<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.tanh(x) : single.tanh(x)
}

// @ts-ignore: decorator
@inline export function sigmoidOf<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.sigmoid(x) : single.sigmoid(x)
}

// @ts-ignore: decorator
@inline export function softplusOf<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.softplus(x) : single.softplus(x)
}

// @ts-ignore: decorator
@inline export function logSigmoidOf<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.logSigmoid(x) : single.logSigmoid(x)
}

// @ts-ignore: decorator
@inline export function powOf<T extends number> (x: v128, y: v128): v128 {
  return sizeof<T>() == 8 ? double.pow(x, y) : single.pow(x, y)
}

// @ts-ignore: decorator
@inline export function xlogyOf<T extends number> (x: v128, y: v128): v128 {
  return sizeof<T>() == 8 ? double.xlogy(x, y) : single.xlogy(x, y)
}

// The same for vectors of T itself, four lanes of float32, within 1 ulp of T.

/** e^-|x|. */
// @ts-ignore: decorator
@inline export function decayIn<T extends number> (x: v128): v128 {
  if (sizeof<T>() == 8) return decayOf<T>(x)
  return four.decay(f32x4.neg(f32x4.abs(x)), f32x4.splat(0))
}

/** log(1 + d) for 0 ≤ d ≤ 1 or NaN. */
// @ts-ignore: decorator
@inline export function log1pUnitIn<T extends number> (d: v128): v128 {
  return sizeof<T>() == 8 ? double.log1pUnit(d) : four.log1pUnit(d)
}

/** log x of a finite x ≥ 0; that of 0 is below -104. */
// @ts-ignore: decorator
@inline export function logIn<T extends number> (x: v128): v128 { return sizeof<T>() == 8 ? double.log(x) : four.log(x) }

/** log(1 − x) for 0 ≤ x ≤ 1; that of 1 is below -104. */
// @ts-ignore: decorator
@inline export function logComplementIn<T extends number> (x: v128): v128 {
  return sizeof<T>() == 8 ? double.log1p(f64x2.neg(x)) : four.logComplement(x)
}
