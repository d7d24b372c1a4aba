// e^x for x ≤ 0, as sums of many exponentials need it, in less than half the time of exp: x = (64·k + j)·ln 2/64 + r with
// |r| ≤ ln 2/128, and e^x = 2^k·2^(j/64)·e^r (Tang 1989), where a table has 2^(j/64) and e^r needs few terms.
import { addMul, at, mul, pair, sub } from './arithmetic'

const STEPS_PER_1 = memory.data<f64>([92.33248261689366])
// Added to |k| < 2^50 it rounds k to an integer, whose bits are then the lowest.
const ROUNDER = memory.data<f64>([6755399441055744])
// ln 2/64 = HIGH + LOW; HIGH has 21 bits, so that its product with a number of steps is exact.
const HIGH = memory.data<f64>([6.93147180369123816490e-01 / 64])
const LOW = memory.data<f64>([1.90821492927058770002e-10 / 64])
// The same with k + UP: then 2^(k + UP) is a normal number wherever e^x is one at all.
const UP: f64 = 54
const ROUNDER_UP = memory.data<f64>([6755399441055744 + 64 * UP])
const DOWN = memory.data<f64>([5.551115123125783e-17]) // 2^-UP

// e^x is subnormal below …
const NORMAL = memory.data<f64>([-708.39])
// … and less than half the least subnormal number below.
const LEAST = memory.data<f64>([-745.14])

// (e^r − 1 − r)/r² for |r| ≤ 0.00542: minimax (Remez), r² times it is good to 2^-59 of e^r.
const SERIES = memory.data<f64>([
  0.4999999999994852, 0.16666666666690175, 0.04166672340136188, 0.008333329577314542
])

/** Eight times the lowest six bits: where in the table j is. */
const PLACE = memory.data<u64>([63 << 3])
// The bits of 2^(j/64), rounded to nearest, less j·2^46: so that (64·k + j)·2^46 added to them puts k into the exponent.
const POWERS = memory.data<u64>([
  0x3FF0000000000000, 0x3FEFEC9A3E778061, 0x3FEFD9B0D3158574, 0x3FEFC74518759BC8, 0x3FEFB5586CF9890F,
  0x3FEFA3EC32D3D1A2, 0x3FEF9301D0125B51, 0x3FEF829AAEA92DE0, 0x3FEF72B83C7D517B, 0x3FEF635BEB6FCB75,
  0x3FEF54873168B9AA, 0x3FEF463B88628CD6, 0x3FEF387A6E756238, 0x3FEF2B4565E27CDD, 0x3FEF1E9DF51FDEE1,
  0x3FEF1285A6E4030B, 0x3FEF06FE0A31B715, 0x3FEEFC08B26416FF, 0x3FEEF1A7373AA9CB, 0x3FEEE7DB34E59FF7,
  0x3FEEDEA64C123422, 0x3FEED60A21F72E2A, 0x3FEECE086061892D, 0x3FEEC6A2B5C13CD0, 0x3FEEBFDAD5362A27,
  0x3FEEB9B2769D2CA7, 0x3FEEB42B569D4F82, 0x3FEEAF4736B527DA, 0x3FEEAB07DD485429, 0x3FEEA76F15AD2148,
  0x3FEEA47EB03A5585, 0x3FEEA23882552225, 0x3FEEA09E667F3BCD, 0x3FEE9FB23C651A2F, 0x3FEE9F75E8EC5F74,
  0x3FEE9FEB564267C9, 0x3FEEA11473EB0187, 0x3FEEA2F336CF4E62, 0x3FEEA589994CCE13, 0x3FEEA8D99B4492ED,
  0x3FEEACE5422AA0DB, 0x3FEEB1AE99157736, 0x3FEEB737B0CDC5E5, 0x3FEEBD829FDE4E50, 0x3FEEC49182A3F090,
  0x3FEECC667B5DE565, 0x3FEED503B23E255D, 0x3FEEDE6B5579FDBF, 0x3FEEE89F995AD3AD, 0x3FEEF3A2B84F15FB,
  0x3FEEFF76F2FB5E47, 0x3FEF0C1E904BC1D2, 0x3FEF199BDD85529C, 0x3FEF27F12E57D14B, 0x3FEF3720DCEF9069,
  0x3FEF472D4A07897C, 0x3FEF5818DCFBA487, 0x3FEF69E603DB3285, 0x3FEF7C97337B9B5F, 0x3FEF902EE78B3FF6,
  0x3FEFA4AFA2A490DA, 0x3FEFBA1BEE615A27, 0x3FEFD0765B6E4540, 0x3FEFE7C1819E90D8
])

/** 64·k + j of x, in the lowest bits of each lane; `stepsOf` gives it as a number. */
// @ts-ignore: decorator
@inline export function shifted (x: v128): v128 { return addMul(at(ROUNDER), x, at(STEPS_PER_1)) }

// @ts-ignore: decorator
@inline export function stepsOf (t: v128): v128 { return sub(t, at(ROUNDER)) }

/** The bits of 2^(t/64), where t is in the lowest bits of each lane. */
// @ts-ignore: decorator
@inline function power (t: v128): v128 {
  const place = v128.and(i64x2.shl(t, 3), at(PLACE))
  const first = v128.load64_zero(POWERS + <usize>i32x4.extract_lane(place, 0))
  const both = v128.load64_lane(POWERS + <usize>i32x4.extract_lane(place, 2), first, 1)
  return i64x2.add(both, i64x2.shl(t, 46))
}

/** 2^(t/64)·(1 + rest), and 0 where x is below the number at `least`. */
// @ts-ignore: decorator
@inline function product (x: v128, t: v128, rest: v128, least: usize): v128 {
  const scale = power(t)
  return v128.andnot(addMul(scale, scale, rest), f64x2.lt(x, at(least)))
}

/** e^x, of which t is shifted and rest = e^r − 1; 0 where it would be subnormal. */
// @ts-ignore: decorator
@inline export function scaled (x: v128, t: v128, rest: v128): v128 { return product(x, t, rest, NORMAL) }

/** e^x for x ≤ 0, within 1.01 ulp (worst of 60,000 arguments), subnormal numbers within 1. NaN stays. */
// @ts-ignore: decorator
@inline export function decay (x: v128): v128 {
  const t = addMul(at(ROUNDER_UP), x, at(STEPS_PER_1))
  const steps = sub(t, at(ROUNDER_UP))
  const r = sub(sub(x, mul(steps, at(HIGH))), mul(steps, at(LOW)))
  const r2 = mul(r, r)
  const rest = addMul(r, r2, addMul(pair(SERIES, r), pair(SERIES + 16, r), r2))
  return mul(product(x, t, rest, LEAST), at(DOWN))
}
