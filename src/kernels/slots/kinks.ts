// Functions with a kink, with PyTorch's slopes there.

/** −1, 0 or 1; 0 for 0 and NaN: the slope of |x|. */
// @ts-ignore: decorator
@inline export function signOf (x: v128): v128 {
  const above = v128.and(f64x2.gt(x, f64x2.splat(0)), f64x2.splat(1))
  return f64x2.sub(above, v128.and(f64x2.lt(x, f64x2.splat(0)), f64x2.splat(1)))
}

/** max(z, 0); NaN stays. */
// @ts-ignore: decorator
@inline export function clampMin (z: v128): v128 { return f64x2.pmax(z, f64x2.splat(0)) }

/** 1 where z ≥ 0, else 0, also for NaN: the slope of PyTorch's clamp_min(0), where it is used as a hinge. */
// @ts-ignore: decorator
@inline export function active (z: v128): v128 { return v128.and(f64x2.ge(z, f64x2.splat(0)), f64x2.splat(1)) }

/** `x` where the mask is set, else 0. */
// @ts-ignore: decorator
@inline export function where (mask: v128, x: v128): v128 { return v128.and(mask, x) }
