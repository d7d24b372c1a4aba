// Reads the text of one number, as JSON's grammar has it, into a significand and a power of ten.
import { LOWER_CASE, MINUS, PLUS, POINT, ZERO } from './characters'
import { unexpected } from './fault'

// What `scan` leaves behind: the number is ± significand × 10^exponent, exactly unless `truncated`: then it lies
// between significand and significand + 1 of these, and the digits decide.
export let negative: bool = false
export let significand: u64 = 0
export let exponent: i64 = 0
export let truncated: bool = false

// And these, when it is truncated:
export let digitsFrom: usize = 0 // the text of the digits, with the point between them
export let digitsTo: usize = 0
export let lastExponent: i64 = 0 // power of ten of the last digit

const MOST_DIGITS: usize = 19 // any 19 digits fit 64 bits
const LEAST_19_DIGITS: u64 = 1000000000000000000
const EXPONENT_LIMIT: i64 = 1000000000000 // beyond what the digits of a text below 4 GiB could make up for

export const TENS = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
  10000000000000000000
])
export const EIGHT_ZEROS: u64 = 0x3030303030303030

/** One past the number at `at`. */
export function scan (at: usize, end: usize): usize {
  const sign = at < end && <u32>load<u8>(at) == MINUS
  negative = sign
  at += usize(sign)
  if (!isDigit(at, end)) return unexpected(at, end)
  const start = at
  const first = <u64>load<u8>(at) - ZERO
  significand = first
  at++
  if (isDigit(at, end)) {
    if (!first) return unexpected(at, end) // a leading zero
    at = digits(at, end)
  }
  let count = at - start
  let power: i64 = 0
  if (at < end && <u32>load<u8>(at) == POINT) {
    const from = at + 1
    if (!isDigit(from, end)) return unexpected(from, end)
    at = digits(from, end)
    count += at - from
    power = <i64>from - <i64>at
  }
  const stop = at
  if (at < end && (<u32>load<u8>(at) | LOWER_CASE) == 0x65) { // e
    at = powerOfTen(at + 1, end)
    if (!at) return 0
    power += exponent
  }
  exponent = power
  truncated = count > MOST_DIGITS
  if (truncated) truncate(start, stop)
  return at
}

// @ts-ignore: decorator
@inline function isDigit (at: usize, end: usize): bool { return at < end && <u32>load<u8>(at) - ZERO < 10 }

/** Appends the digits at `at` to the significand; eight bytes at a time, however many of them are digits. */
function digits (at: usize, end: usize): usize {
  let value = significand
  for (; at + 8 <= end; at += 8) {
    const bytes = load<u64>(at)
    const count = ctz(notDigits(bytes)) >> 3
    if (count == 8) {
      value = value * 100000000 + eightDigits(bytes - EIGHT_ZEROS)
    } else {
      // The digits move up and zeros come before them; two shifts, since one by 64 would be none.
      const filled = (bytes - EIGHT_ZEROS) << (56 - (count << 3)) << 8
      significand = value * load<u64>(TENS + (<usize>count << 3)) + eightDigits(filled)
      return at + <usize>count
    }
  }
  for (; isDigit(at, end); at++) value = value * 10 + load<u8>(at) - ZERO
  significand = value
  return at
}

/** The high bit of each byte that is no digit. A carry or borrow spoils only bytes behind such a one. */
// @ts-ignore: decorator
@inline function notDigits (bytes: u64): u64 {
  return ((bytes + 0x4646464646464646) | (bytes - EIGHT_ZEROS)) & 0x8080808080808080
}

/** The number whose decimal digits are these bytes, the first digit in the lowest: pairs, then fours, then eight. */
// @ts-ignore: decorator
@inline export function eightDigits (bytes: u64): u64 {
  const pairs = bytes * 10 + (bytes >> 8)
  return ((pairs & 0x000000FF000000FF) * 0x000F424000000064 + // 100 + (1000000 << 32)
    (pairs >> 16 & 0x000000FF000000FF) * 0x0000271000000001) >> 32 // 1 + (10000 << 32)
}

/** Reads the sign and digits of an exponent. */
function powerOfTen (at: usize, end: usize): usize {
  const sign: u32 = at < end ? load<u8>(at) : 0
  if (sign == MINUS || sign == PLUS) at++
  if (!isDigit(at, end)) return unexpected(at, end)
  let value: i64 = 0
  for (; isDigit(at, end); at++) {
    if (value < EXPONENT_LIMIT) value = value * 10 + load<u8>(at) - ZERO
  }
  exponent = sign == MINUS ? -value : value
  return at
}

/** More than 19 digits came: keeps the first 19 that count, unless zeros in front were all that was too much. */
function truncate (from: usize, to: usize): void {
  let left = 0 // digits left out
  let value: u64 = 0
  for (let at = from; at < to; at++) {
    const c: u32 = load<u8>(at)
    if (c == POINT) continue
    if (value < LEAST_19_DIGITS) value = value * 10 + c - ZERO
    else left++
  }
  digitsFrom = from
  digitsTo = to
  lastExponent = exponent
  significand = value
  exponent += left
  truncated = left > 0
}
