// x^y for x ≥ 0, and x·log y.

import { above, add, addMul, at, below, choose, div, head, lost, mul, pair, quad, sub } from './arithmetic'
import { FIFTY_FOUR, HALF, INFINITE, LOWEST_NORMAL, ONE, TWO_54, ZERO } from './constants'
import { cubic, scale, shifted, unshifted } from './exp'
import { aligned, exponentOf, log, mantissaOf } from './log'

const THREE = memory.data<f64>([3])
// The bits of √¾, and what takes them to those of 1.
const FROM_SQRT_3_4 = memory.data<u64>([0x3FEBB67AE8584CAA, 0x3FF0000000000000 - 0x3FEBB67AE8584CAA])
const SQRT_3_2 = memory.data<f64>([1.224744871391589])
const ONE_AND_HALF = memory.data<f64>([1.5])

// Heads of 26 bits and what they leave: log₂ 1.5, 2/(3·ln 2), ln 2.
const LOG2_1_5_HEAD = memory.data<f64>([0.5849624872207642])
const LOG2_1_5_REST = memory.data<f64>([1.350039202129749e-08])
const SCALE = memory.data<f64>([0.9617966939259756])
const SCALE_HEAD = memory.data<f64>([0.9617966860532761])
const SCALE_REST = memory.data<f64>([7.872699542894897e-09])
const LN2 = memory.data<f64>([0.6931471805599453])
const LN2_HEAD = memory.data<f64>([0.6931471675634384])
const LN2_REST = memory.data<f64>([1.2996506893889889e-08])

// |log₂ x| ≥ 2^-53 unless x = 1, so a y beyond 2^65 over- or underflows as 2^65 does, and no product below overflows.
const Y_MOST = memory.data<f64>([3.6893488147419103e19])
const Y_LEAST = memory.data<f64>([-3.6893488147419103e19])
const POWER_MOST = memory.data<f64>([1090])
const POWER_LEAST = memory.data<f64>([-1090])
const POWER_REST_MOST = memory.data<f64>([0.0009765625])
const POWER_REST_LEAST = memory.data<f64>([-0.0009765625])

// Q(z) = 3/5 + 3/7·z + … for z ≤ 0.01022: minimax, z²·Q(z) is good to 2^-71 of 3.
const SERIES = memory.data<f64>([
  0.5999999999999946, 0.42857142857853686, 0.33333332982268615, 0.27272812314783845,
  0.23066079438478976, 0.20697363548119327
])

/**
 * x^y for x ≥ 0, within 0.61 ulp, and 0.76 ulp where the result is subnormal (worst of 10^7 arguments). Special cases
 * are C99's, among them 1^NaN = NaN^0 = 1; a negative x gives NaN unless y = 0.
 *
 * After fdlibm's e_pow.c: log₂ x as the sum of a head and a rest, together good to 2^-67, times y; then 2 to the power
 * of that sum. With x = 2^k·m, √¾ ≤ m < √3, c = 1 or 3/2, s = (m − c)/(m + c) and z = s²,
 * log₂ x = k + log₂ c + 2/(3·ln 2)·s·(3 + z + z²·Q(z)).
 */
export function pow (x: v128, y: v128): v128 {
  const subnormal = f64x2.lt(x, at(LOWEST_NORMAL))
  const bits = aligned(choose(subnormal, mul(x, at(TWO_54)), x), FROM_SQRT_3_4)
  const k = sub(exponentOf(bits), v128.and(subnormal, at(FIFTY_FOUR)))
  const m = mantissaOf(bits, FROM_SQRT_3_4)
  const wide = f64x2.gt(m, at(SQRT_3_2))
  const c = choose(wide, at(ONE_AND_HALF), at(ONE))

  // s, as a head and a rest
  const top = sub(m, c)
  const bottom = add(m, c)
  const inverse = div(at(ONE), bottom)
  const s = mul(top, inverse)
  const sHead = head(s)
  const bottomHead = head(bottom)
  const bottomRest = sub(m, sub(bottomHead, c))
  const sRest = mul(inverse, sub(sub(top, mul(sHead, bottomHead)), mul(sHead, bottomRest)))

  // 3 + z + z²·Q(z)
  const z = mul(s, s)
  const z2 = mul(z, z)
  const Q = addMul(quad(SERIES, z, z2), pair(SERIES + 32, z), mul(z2, z2))
  const more = add(mul(z2, Q), mul(sRest, add(sHead, s)))
  const square = mul(sHead, sHead)
  const sumHead = head(add(add(at(THREE), square), more))
  const sumRest = sub(more, sub(sub(sumHead, at(THREE)), square))

  // s times that, times 2/(3·ln 2)
  const productHigh = mul(sHead, sumHead)
  const productLow = add(mul(sRest, sumHead), mul(sumRest, s))
  const productHead = head(add(productHigh, productLow))
  const productRest = sub(productLow, sub(productHead, productHigh))
  const high = mul(at(SCALE_HEAD), productHead)
  const low = add(add(mul(at(SCALE_REST), productHead), mul(productRest, at(SCALE))),
    v128.and(wide, at(LOG2_1_5_REST)))

  // log₂ x
  const offset = v128.and(wide, at(LOG2_1_5_HEAD))
  const logHead = head(add(add(add(high, low), offset), k))
  const logRest = sub(low, sub(sub(sub(logHead, k), offset), high))

  // y·log₂ x; its rest is below 2^-13 unless the power is far out of range
  const factor = above(below(y, at(Y_MOST)), at(Y_LEAST))
  const factorHead = head(factor)
  const rawRest = add(mul(sub(factor, factorHead), logHead), mul(factor, logRest))
  const powerRest = above(below(rawRest, at(POWER_REST_MOST)), at(POWER_REST_LEAST))
  const powerHigh = above(below(mul(factorHead, logHead), at(POWER_MOST)), at(POWER_LEAST))

  const shift = shifted(add(powerHigh, powerRest))
  const fraction = sub(powerHigh, unshifted(shift))
  const fractionHead = head(add(fraction, powerRest))
  const fractionRest = sub(powerRest, sub(fractionHead, fraction))
  const rHigh = mul(fractionHead, at(LN2_HEAD))
  const rLow = add(mul(fractionHead, at(LN2_REST)), mul(fractionRest, at(LN2)))
  const r = add(rHigh, rLow)
  const r2 = mul(r, r)
  const sum = add(at(ONE), r)
  const rest = addMul(lost(at(ONE), r, sum), sub(rLow, sub(r, rHigh)), sum)
  return special(x, y, scale(add(sum, add(rest, addMul(cubic(r, r2), at(HALF), r2))), shift))
}

/** Puts C99's special cases of pow over `ordinary`. */
function special (x: v128, y: v128, ordinary: v128): v128 {
  const zero = f64x2.eq(x, at(ZERO))
  const infinite = f64x2.eq(x, at(INFINITE))
  const up = v128.or(v128.and(zero, f64x2.lt(y, at(ZERO))), v128.and(infinite, f64x2.gt(y, at(ZERO))))
  const limit = choose(v128.or(zero, infinite), v128.and(up, at(INFINITE)), ordinary)
  const known = v128.and(f64x2.ge(x, at(ZERO)), f64x2.eq(y, y))
  const one = v128.or(f64x2.eq(y, at(ZERO)), f64x2.eq(x, at(ONE)))
  return choose(one, at(ONE), v128.or(limit, v128.not(known)))
}

/** x·log y, within 1.5 ulp (worst of 10^7 arguments), and 0 where x = 0 and y is not NaN. */
export function xlogy (x: v128, y: v128): v128 {
  const none = v128.and(f64x2.eq(x, at(ZERO)), f64x2.eq(y, y))
  return v128.andnot(mul(x, log(y)), none)
}
