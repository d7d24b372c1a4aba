// Writes a decimal as JavaScript's Number::toString does (ECMA-262, 6.1.6.1.20). Up to FORMAT_ROOM bytes from where a
// number starts are written to, though fewer belong to it.
import { NON_FINITE_NULL, NON_FINITE_STRING } from '../layout'
import { INFINITY, MINUS, NAN, NULL, POINT, QUOTE, ZERO } from './characters'
import { EIGHT_ZEROS } from './scan'
import { lengthOf, lower, scale, shorten, upper } from './shortest'

export const FORMAT_ROOM: usize = 48

const ZERO_POINT: u64 = 0x3030303030302E30 // "0.000000"

/** One past the text of the finite number `value`. */
// @ts-ignore: decorator
@inline export function writeReal<T extends number> (at: usize, value: T): usize {
  const bits: u64 = sizeof<T>() == 8 ? reinterpret<u64>(<f64>value) : <u64>reinterpret<u32>(<f32>value)
  const sign = sizeof<T>() == 8 ? 63 : 31
  const magnitude = bits & ((<u64>1 << sign) - 1)
  store<u8>(at, MINUS)
  at += <usize>(bits >> sign)
  if (!magnitude) {
    store<u8>(at, ZERO)
    return at + 1
  }
  shorten<T>(magnitude)
  return place(at)
}

/** One past the text of an integer. */
export function writeInteger (at: usize, value: i64): usize {
  store<u8>(at, MINUS)
  at += usize(value < 0)
  const magnitude = value < 0 ? 0 - <u64>value : <u64>value
  const length = lengthOf(magnitude)
  const high = magnitude / 10000000000000000
  const rest = magnitude % 10000000000000000
  // 24 digits, of which the leading zeros are shifted out: 20 are the most that 64 bits hold.
  return at + writeRight(at, eightDigits(high), eightDigits(rest / 100000000), eightDigits(rest % 100000000), length)
}

/** Writes the last `length` of these 24 digits, and answers `length`. */
// @ts-ignore: decorator
@inline function writeRight (at: usize, high: u64, middle: u64, low: u64, length: usize): usize {
  if (length <= 8) {
    store<u64>(at, (low | EIGHT_ZEROS) >> (64 - (<u64>length << 3)))
  } else if (length <= 16) {
    store<u64>(at, (middle | EIGHT_ZEROS) >> (128 - (<u64>length << 3)))
    store<u64>(at + length - 8, low | EIGHT_ZEROS)
  } else {
    store<u64>(at, (high | EIGHT_ZEROS) >> (192 - (<u64>length << 3)))
    store<u64>(at + length - 16, middle | EIGHT_ZEROS)
    store<u64>(at + length - 8, low | EIGHT_ZEROS)
  }
  return length
}

// Vectors that are used for every number.
const VECTORS = memory.data<u32>([
  10000, 10000, 10000, 10000, 109951163, 109951163, 109951163, 109951163, 10486, 10486, 10486, 10486,
  0x00640064, 0x00640064, 0x00640064, 0x00640064, 0x00670067, 0x00670067, 0x00670067, 0x00670067,
  0x000A000A, 0x000A000A, 0x000A000A, 0x000A000A, 0x30303030, 0x30303030, 0x30303030, 0x30303030,
  0x03020100, 0x07060504, 0x0B0A0908, 0x0F0E0D0C
])
const TEN_THOUSANDS: usize = 0
const TEN_THOUSANDTHS: usize = 16 // 2^40 / 10^4, close enough below 10^8
const HUNDREDTHS: usize = 32      // 2^20 / 100, close enough below 10^4
const HUNDREDS: usize = 48
const TENTHS: usize = 64          // 2^10 / 10, close enough below 100
const TENS_16: usize = 80
const ZEROS: usize = 96
const ORDER: usize = 112

/** The decimal digits of two numbers below 10^8, one in each byte. */
// @ts-ignore: decorator
@inline function sixteenDigits (first: u32, second: u32): v128 {
  const both = i64x2.splat(<i64>(<u64>first | <u64>second << 32))
  const eights = i64x2.extend_low_i32x4_u(both)
  const high = i64x2.shr_u(i64x2.extmul_low_i32x4_u(both, v128.load(VECTORS, TEN_THOUSANDTHS)), 40)
  const low = i64x2.sub(eights, i32x4.mul(high, v128.load(VECTORS, TEN_THOUSANDS)))
  const fours = v128.or(high, i64x2.shl(low, 32))
  const hundreds = i32x4.shr_u(i32x4.mul(fours, v128.load(VECTORS, HUNDREDTHS)), 20)
  const ones = i16x8.sub(fours, i16x8.mul(hundreds, v128.load(VECTORS, HUNDREDS)))
  const pairs = v128.or(hundreds, i32x4.shl(ones, 16))
  const tens = i16x8.shr_u(i16x8.mul(pairs, v128.load(VECTORS, TENTHS)), 10)
  return v128.or(tens, i16x8.shl(i16x8.sub(pairs, i16x8.mul(tens, v128.load(VECTORS, TENS_16))), 8))
}

/** Writes what `shorten` found. */
// @ts-ignore: decorator
@inline function place (at: usize): usize {
  const first = upper / 100000000
  const rest = sixteenDigits(upper - first * 100000000, lower)
  const isZero = i8x16.bitmask(i8x16.eq(rest, i8x16.splat(0)))
  const count = 32 - <i32>clz(~isZero & 0xFFFF) // digits behind the first, up to the last that is not 0
  const point = 17 + scale // the value is 0.ddd × 10^point
  const isPlain = <u32>(point + 4) <= 5
  if (!isPlain) return placeOther(at, first, rest, count, point)

  // Below ten with few zeros behind the point, of which the first digit may be one.
  const units = i32(point == 1)
  const start = units ? 0 : 2 - point
  store<u64>(at, ZERO_POINT)
  store<u8>(at + <usize>start, first | ZERO)
  v128.store(at + <usize>(start + 1 + units), v128.or(rest, v128.load(VECTORS, ZEROS)))
  return at + <usize>(start + 1 + count + (units & i32(count > 0)))
}

/** Writes any other number. */
function placeOther (at: usize, first: u32, rest: v128, count: i32, point: i32): usize {
  const order = v128.load(VECTORS, ORDER)
  if (!first) {
    first = i8x16.extract_lane_u(rest, 0)
    rest = i8x16.swizzle(rest, i8x16.add(order, i8x16.splat(1)))
    count--
    point--
  }
  rest = v128.or(rest, v128.load(VECTORS, ZEROS))
  store<u8>(at, first | ZERO)
  if (point > 21 || point < -5) {
    store<u8>(at, POINT, 1)
    v128.store(at, rest, 2)
    return placeExponent(at + (count ? <usize>count + 2 : 1), point - 1)
  }
  if (point < 1) {
    store<u64>(at, ZERO_POINT)
    store<u8>(at + 7, first | ZERO)
    v128.store(at, rest, 8)
    return at + <usize>(8 + count)
  }
  if (count < point) {
    v128.store(at, rest, 1)
    store<u32>(at, <u32>EIGHT_ZEROS, 17)
    return at + <usize>point
  }
  // The digits behind the point move on by one, the last one out of the vector.
  const border = i8x16.splat(<i8>(point - 1))
  const moved = i8x16.swizzle(rest, i8x16.add(order, i8x16.ge_s(order, border)))
  v128.store(at, v128.bitselect(i8x16.splat(<i8>POINT), moved, i8x16.eq(order, border)), 1)
  store<u8>(at, i8x16.extract_lane_u(rest, 15), 17)
  return at + <usize>(count + 2)
}

function placeExponent (at: usize, power: i32): usize {
  store<u16>(at, power < 0 ? 0x2D65 : 0x2B65) // e- or e+
  const value = <u32>abs(power)
  const length: u32 = 1 + u32(value > 9) + u32(value > 99)
  const tens = value / 10
  const hundreds = tens / 10
  const digits = hundreds | (tens - hundreds * 10) << 8 | (value - tens * 10) << 16 | <u32>EIGHT_ZEROS
  store<u32>(at, digits >> ((3 - length) << 3), 2)
  return at + 2 + <usize>length
}

/** The eight decimal digits of a number below 10^8, one in each byte, the first in the lowest. */
function eightDigits (value: u64): u64 {
  const high = value / 10000
  const fours = high | value - high * 10000 << 32
  const hundreds = fours * 10486 >> 20 & 0x0000007F0000007F // 10486 / 2^20 is 1 / 100, close enough below 10^4
  const pairs = hundreds | fours - hundreds * 100 << 16
  const tens = pairs * 103 >> 10 & 0x000F000F000F000F // 103 / 2^10 is 1 / 10, close enough below 100
  return tens | pairs - tens * 10 << 8
}

/** One past NaN or ±∞ in the manner of NON_FINITE_*. */
export function writeNonFinite (at: usize, value: f64, manner: u32): usize {
  if (manner == NON_FINITE_NULL) {
    store<u32>(at, <u32>NULL)
    return at + 4
  }
  const quotes: usize = manner == NON_FINITE_STRING ? 1 : 0
  store<u8>(at, QUOTE)
  at += quotes
  if (value == value) {
    store<u8>(at, MINUS)
    at += usize(value < 0)
    store<u64>(at, INFINITY)
    at += 8
  } else {
    store<u32>(at, <u32>NAN)
    at += 3
  }
  store<u8>(at, QUOTE)
  return at + quotes
}
