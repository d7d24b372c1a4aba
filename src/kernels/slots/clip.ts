// Clipping, with the slope of PyTorch's clamp: 1 at the bounds, too, and 0 beyond them.

/** `x` in [least, most]; NaN stays. */
// @ts-ignore: decorator
@inline export function clip (x: v128, least: f64, most: f64): v128 {
  return f64x2.pmin(f64x2.pmax(x, f64x2.splat(least)), f64x2.splat(most))
}

/** Lanes that lie in [least, most], and so are not clipped; NaN does not. */
// @ts-ignore: decorator
@inline export function within (x: v128, least: f64, most: f64): v128 {
  return v128.and(f64x2.ge(x, f64x2.splat(least)), f64x2.le(x, f64x2.splat(most)))
}
