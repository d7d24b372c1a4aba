// Clipping, with the slope of PyTorch's clamp: 1 at the bounds, too.

/** x within [low, high]; NaN stays. */
// @ts-ignore: decorator
@inline export function clip (x: v128, low: f64, high: f64): v128 {
  return f64x2.pmin(f64x2.pmax(x, f64x2.splat(low)), f64x2.splat(high))
}

/** Where x is not beyond a bound. */
// @ts-ignore: decorator
@inline export function inside (x: v128, low: f64, high: f64): v128 {
  return v128.and(f64x2.ge(x, f64x2.splat(low)), f64x2.le(x, f64x2.splat(high)))
}
