// The float64 or float32 nearest to significand × 10^exponent, ties to even, each straight from the decimal.
// Clinger, How to read floating point numbers accurately (1990), for few digits; Lemire, Number parsing at a gigabyte
// per second (2021), for up to 19; Mushtak and Lemire, Fast number parsing without fallback (2022), which proves that
// 128 bits of 10^q are always enough for these.
import { exact } from './exact'
import { powerHigh, powerLow } from './powers'
import { exponent, negative, significand, truncated } from './scan'
import { multiplyHigh } from './wide'

const POWERS_F64 = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22
])
const EXACT: u64 = 1 << 53

/** The number that was scanned last; `scratch` serves the rare one whose first 19 digits do not decide. */
export function real<T extends number> (scratch: usize): T {
  const bits = magnitude<T>(scratch)
  if (sizeof<T>() == 8) return <T>reinterpret<f64>(bits | <u64>negative << 63)
  return <T>reinterpret<f32>(<u32>bits | <u32>negative << 31)
}

function magnitude<T extends number> (scratch: usize): u64 {
  const power = <i32>min<i64>(max<i64>(exponent, -1000), 1000) // ±1000 is 0 or infinite with any significand
  const low = rounded<T>(significand, power)
  if (!truncated || low == nearest<T>(significand + 1, power)) return low
  return exact<T>(low, scratch)
}

/** The bits of the T nearest to w × 10^q. */
export function rounded<T extends number> (w: u64, q: i32): u64 {
  if (w > EXACT || abs(q) > 22) return nearest<T>(w, q)
  return q > 0 ? product<T>(w, q) : quotient<T>(w, -q)
}

/** The bits of the T nearest to w ÷ 10^n, n ≤ 22: where both are exact in float64, one operation rounds once. */
// @ts-ignore: decorator
@inline export function quotient<T extends number> (w: u64, n: i32): u64 {
  return w > EXACT ? nearest<T>(w, -n) : narrowed<T>(<f64><i64>w / load<f64>(POWERS_F64 + (<usize>n << 3)), w, -n)
}

function product<T extends number> (w: u64, n: i32): u64 {
  return narrowed<T>(<f64><i64>w * load<f64>(POWERS_F64 + (<usize>n << 3)), w, n)
}

/** The bits of `value`, which is the float64 nearest to w × 10^q, as a T. */
// @ts-ignore: decorator
@inline function narrowed<T extends number> (value: f64, w: u64, q: i32): u64 {
  const bits = reinterpret<u64>(value)
  if (sizeof<T>() == 8) return bits
  // A float64 half way between two float32 does not tell on which side of it the decimal lies.
  return (bits & 0x1FFFFFFF) == 0x10000000 ? nearest<T>(w, q) : reinterpret<u32>(<f32>value)
}

/** The bits of the T nearest to w × 10^q, by 64 × 128 bits. */
function nearest<T extends number> (w: u64, q: i32): u64 {
  const fraction = sizeof<T>() == 8 ? 52 : 23
  const bias = sizeof<T>() == 8 ? 1023 : 127
  const infinite: u64 = sizeof<T>() == 8 ? 0x7FF0000000000000 : 0x7F800000
  const leastPower = sizeof<T>() == 8 ? -342 : -65 // 2^64 × 10^q is below half of the least number before this one
  const mostPower = sizeof<T>() == 8 ? 308 : 38
  if (w == 0 || q < leastPower) return 0
  if (q > mostPower) return infinite

  const shift = <i32>clz(w)
  w <<= shift
  const ten = powerHigh(q)
  let high = multiplyHigh(w, ten)
  let low = w * ten
  // Bits below the ones kept that are all set might carry with the rest of the power, so that it is needed as well.
  const below = u64.MAX_VALUE >> (fraction + 3)
  if ((high & below) == below) {
    // From -27 on 5^-q divides some w; rounding that power up makes such a product come out exact.
    const rest = multiplyHigh(w, powerLow(q) + u64(q < 0 && q >= -27))
    low += rest
    high += u64(low < rest)
  }

  const top = <i32>(high >> 63)
  const surplus = top + 64 - fraction - 3
  let mantissa = high >> surplus // one bit more than the mantissa has, to round by
  let binary = (217706 * q >> 16) + 63 + top - shift + bias // 217706 / 2^16 is log2(10): floor(q × log2(10))
  if (binary <= 0) {
    if (binary <= -63) return 0
    mantissa >>= 1 - binary
    return mantissa + (mantissa & 1) >> 1 // a carry into the exponent makes it the least normal number
  }
  // A tie is possible only where 5^|q| fits the bits, that is where the product is exact.
  const mostTied = sizeof<T>() == 8 ? 23 : 10
  const leastTied = sizeof<T>() == 8 ? -4 : -17
  if (low <= 1 && q >= leastTied && q <= mostTied && (mantissa & 3) == 1 && mantissa << surplus == high) mantissa &= ~1
  mantissa = mantissa + (mantissa & 1) >> 1
  if (mantissa >= <u64>2 << fraction) {
    mantissa = <u64>1 << fraction
    binary++
  }
  if (binary >= 2 * bias + 1) return infinite
  return (<u64>binary << fraction) | (mantissa & ((<u64>1 << fraction) - 1))
}
