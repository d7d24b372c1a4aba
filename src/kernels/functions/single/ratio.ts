// ln(p/q), good to 2^-48 also where p and q are nearly equal. With K = nearest(log₂ p − log₂ q), as far as their bits
// tell, p = 2^K·p' and s = (p' − q)/(p' + q): ln(p/q) = K·ln 2 + 2·artanh s. No quotient is rounded before its logarithm,
// and p' − q is exact.
import { addMul, add, at, div, mul, pair, quad, sub } from '../arithmetic'
import { TWO } from '../constants'

const LN2 = memory.data<f64>([0.6931471805599453])
/** Half of an exponent's unit, and 1024 of them, which keep the difference of exponents positive. */
const HALF_BIASED = memory.data<u64>([0x4008000000000000])
const BIAS = memory.data<u64>([0x4000000000000000])
const EXPONENT = memory.data<u64>([0xFFF0000000000000])
const TWO_52 = memory.data<f64>([4503599627370496])
const TWO_52_BIASED = memory.data<f64>([4503599627370496 + 1024])

// (2·artanh(√z)/√z − 2)/z for z ≤ 0.0402: minimax (Remez), z times it is good to 2^-49 of 2.
const SERIES = memory.data<f64>([
  0.6666666666613567, 0.40000000255746077, 0.2857138760233206, 0.2222523277842906, 0.18070511649973706,
  0.17383908700275857
])

/** ln(p/q) of p and q from 1e-150 to 1e150. */
// @ts-ignore: decorator
@inline export function logRatio (p: v128, q: v128): v128 {
  const apart = i64x2.add(i64x2.sub(p, q), at(HALF_BIASED))
  const K = sub(v128.or(i64x2.shr_u(apart, 52), at(TWO_52)), at(TWO_52_BIASED))
  const near = i64x2.add(i64x2.sub(p, v128.and(apart, at(EXPONENT))), at(BIAS))
  const s = div(sub(near, q), add(near, q))
  const z = mul(s, s)
  const z2 = mul(z, z)
  const Q = addMul(quad(SERIES, z, z2), pair(SERIES + 32, z), mul(z2, z2))
  return addMul(mul(K, at(LN2)), s, addMul(at(TWO), z, Q))
}
