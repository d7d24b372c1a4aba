// Writes a decimal as JavaScript's Number::toString does (ECMA-262, 6.1.6.1.20). Up to FORMAT_ROOM bytes from where a
// number starts are written to, though fewer belong to it.
import { NON_FINITE_NULL, NON_FINITE_STRING } from '../layout'
import { INFINITY, MINUS, NAN, NULL, POINT, QUOTE, ZERO } from './characters'
import { EIGHT_ZEROS, TENS } from './scan'
import { digits, scale, shorten } from './shortest'

export const FORMAT_ROOM: usize = 48

const ZERO_POINT: u64 = 0x3030303030302E30 // "0.000000"

/** One past the text of the finite number `value`. */
export function writeReal<T extends number> (at: usize, value: T): usize {
  const bits: u64 = sizeof<T>() == 8 ? reinterpret<u64>(<f64>value) : <u64>reinterpret<u32>(<f32>value)
  const sign: u64 = sizeof<T>() == 8 ? 1 << 63 : 1 << 31
  store<u8>(at, MINUS)
  at += usize((bits & sign) != 0)
  if (!(bits & ~sign)) {
    store<u8>(at, ZERO)
    return at + 1
  }
  shorten<T>(bits & ~sign)
  return place(at, digits, scale)
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

/** Writes `value` × 10^`power`, at most 17 digits, `value` > 0. */
function place (at: usize, value: u64, power: i32): usize {
  // The digits as one digit, eight and eight; behind the last one they are zeros.
  const length = <i32>lengthOf(value)
  const point = length + power // the value is 0.ddd × 10^point
  let first: u64 = 0
  let middle: u64 = 0
  let low: u64 = 0
  let count = 1 // digits up to the last that is not 0
  if (length <= 9) {
    value *= load<u64>(TENS + (<usize>(9 - length) << 3))
    first = value / 100000000
    middle = eightDigits(value % 100000000)
    if (middle) count = 9 - (<i32>clz(middle) >> 3)
  } else {
    value *= load<u64>(TENS + (<usize>(17 - length) << 3))
    first = value / 10000000000000000
    const rest = value % 10000000000000000
    middle = eightDigits(rest / 100000000)
    low = eightDigits(rest % 100000000)
    if (low) count = 17 - (<i32>clz(low) >> 3)
    else if (middle) count = 9 - (<i32>clz(middle) >> 3)
  }

  if (point > 21 || point < -5) return placeScientific(at, first, middle, low, count, point - 1)
  if (point == 1) {
    placeDigits(at, 2, first, middle, low)
    store<u8>(at + 1, POINT)
    return at + (count > 1 ? <usize>count + 1 : 1)
  }
  if (point <= 0) {
    store<u64>(at, ZERO_POINT)
    at += <usize>(2 - point)
    placeDigits(at, 1, first, middle, low)
    return at + <usize>count
  }
  placeDigits(at, 1, first, middle, low)
  store<u32>(at + 17, <u32>EIGHT_ZEROS)
  if (count <= point) return at + <usize>point
  v128.store(at + <usize>point + 1, v128.load(at + <usize>point))
  store<u8>(at + <usize>point, POINT)
  return at + <usize>count + 1
}

/** Writes 17 digits, the second and the following ones `gap` bytes from the first. */
// @ts-ignore: decorator
@inline function placeDigits (at: usize, gap: usize, first: u64, middle: u64, low: u64): void {
  store<u8>(at, first | ZERO)
  store<u64>(at + gap, middle | EIGHT_ZEROS)
  store<u64>(at + gap + 8, low | EIGHT_ZEROS)
}

function placeScientific (at: usize, first: u64, middle: u64, low: u64, count: i32, power: i32): usize {
  placeDigits(at, 2, first, middle, low)
  store<u8>(at + 1, POINT)
  at += count > 1 ? <usize>count + 1 : 1
  store<u16>(at, power < 0 ? 0x2D65 : 0x2B65) // e- or e+
  return writeInteger(at + 2, <i64>abs(power))
}

/** How many decimal digits a number has; 0 has one. */
function lengthOf (value: u64): usize {
  const guess = <usize>(64 - clz(value | 1)) * 1233 >> 12 // 1233 / 4096 is log10(2)
  return guess + usize((value | 1) >= load<u64>(TENS + (guess << 3)))
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
