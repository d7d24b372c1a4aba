// Short names for steps in four float32 lanes, as ../arithmetic.ts has them for two of float64: the same bits on every
// machine, and constants by the address of their f32 or u32.

/** All lanes the 4 bytes at `address`. */
// @ts-ignore: decorator
@inline export function at (address: usize): v128 { return v128.load32_splat(address) }

// @ts-ignore: decorator
@inline export function add (a: v128, b: v128): v128 { return f32x4.add(a, b) }

// @ts-ignore: decorator
@inline export function sub (a: v128, b: v128): v128 { return f32x4.sub(a, b) }

// @ts-ignore: decorator
@inline export function mul (a: v128, b: v128): v128 { return f32x4.mul(a, b) }

/** a + b·x, rounded twice. */
// @ts-ignore: decorator
@inline export function addMul (a: v128, b: v128, x: v128): v128 { return add(a, mul(b, x)) }

/** The two coefficients at `address` as a polynomial: c₀ + c₁·x. */
// @ts-ignore: decorator
@inline export function pair (address: usize, x: v128): v128 { return addMul(at(address), at(address + 4), x) }

/** min(x, limit); a NaN in `x` stays. */
// @ts-ignore: decorator
@inline export function below (x: v128, limit: v128): v128 { return f32x4.pmin(x, limit) }

/** max(x, limit); a NaN in `x` stays. */
// @ts-ignore: decorator
@inline export function above (x: v128, limit: v128): v128 { return f32x4.pmax(x, limit) }
