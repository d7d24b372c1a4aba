// Differences of nearly equal numbers, as series that do not cancel.

/** e^d − 1 − d for |d| < 0.7: d²/2·(1 + d/3·(1 + d/4·(…))). */
export function excess (d: v128): v128 {
  const one = f64x2.splat(1)
  let sum = one
  for (let k: f64 = 19; k > 2; k--) sum = f64x2.add(one, f64x2.mul(sum, f64x2.div(d, f64x2.splat(k))))
  return f64x2.mul(f64x2.mul(d, d), f64x2.mul(f64x2.splat(0.5), sum))
}

/**
 * ln(1 + r) − r/(1 + r) for 0 ≤ r ≤ ½. With s = r/(2 + r) it is 2·atanh s − 2s/(1 + s), which is
 * 2s²/(1 + s) + 2s³·(1/3 + s²/5 + s⁴/7 + …).
 */
export function bend (r: f64): f64 {
  const s = r / (2 + r)
  const square = s * s
  let sum: f64 = 0
  for (let k: f64 = 27; k > 2; k -= 2) sum = sum * square + 1 / k
  return 2 * square / (1 + s) + 2 * s * square * sum
}
