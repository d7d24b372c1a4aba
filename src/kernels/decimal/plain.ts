// Reads numbers that look as most do: at most 24 bytes before the exponent, one comma and at most one space between
// them. A number is found and converted in vectors of sixteen bytes, whatever its length, so that branches are few and
// go the same way from number to number. What looks otherwise, wrong or not, is left to the careful reader.
import { COMMA, LOWER_CASE, MINUS, PLUS, POINT, SPACE, ZERO } from './characters'
import { quotient, rounded } from './real'
import { EIGHT_ZEROS, TENS, eightDigits } from './scan'

/** Bytes looked at, from where a number starts. */
const REACH: usize = 33
/** Digits, sign and point of a number: so few that at most 22 digits stand behind the point. */
const LONGEST: u32 = 24
const NOWHERE: i32 = -128
const LETTERS: u32 = 0x40 // letters and brackets are above it, what may stand between numbers is below

// Vectors that are used for every number: engines would assemble constants anew each time.
const ZEROS: usize = 0
const NINES: usize = 16
const TENS_AND_ONES: usize = 32
const HUNDREDS: usize = 48
const TEN_THOUSANDS: usize = 64
const VECTORS = memory.data<u32>([
  0x30303030, 0x30303030, 0x30303030, 0x30303030, 0x09090909, 0x09090909, 0x09090909, 0x09090909,
  0x0A010A01, 0x0A010A01, 0x0A010A01, 0x0A010A01, 0x00010064, 0x00010064, 0x00010064, 0x00010064,
  0x00012710, 0x00012710, 0x00012710, 0x00012710
])
// The sixteen bytes from k on say which bytes end before the k-th of sixteen: those from k - 16 to k - 1.
const BEFORE = memory.data<i8>([
  -16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
])

/** What `plain` leaves behind: one past the last element it stored. */
export let stored: usize = 0

/** One past the last of the plain numbers from `at` on, which are stored in [to, full); 0 when there is none. */
export function plain<T extends number> (at: usize, end: usize, to: usize, full: usize): usize {
  const zeros = v128.load(VECTORS, ZEROS)
  const nines = v128.load(VECTORS, NINES)
  const tensAndOnes = v128.load(VECTORS, TENS_AND_ONES)
  const hundreds = v128.load(VECTORS, HUNDREDS)
  const tenThousands = v128.load(VECTORS, TEN_THOUSANDS)
  const limit = end - REACH
  let last: usize = 0
  while (at <= limit) {
    const head = i8x16.sub(v128.load(at), zeros)
    const isDigit = i8x16.le_u(head, nines)
    const isDigitToo = i8x16.le_u(i8x16.sub(v128.load(at, 16), zeros), nines)
    const others = ~(i8x16.bitmask(isDigit) | i8x16.bitmask(isDigitToo) << 16)
    if (startsBadly(at, head, others)) break
    const behind = others & ~1
    let stop = <u32>ctz(behind)
    let point = NOWHERE
    let fraction: u32 = 0
    if (<u32>load<u8>(at + <usize>stop) == POINT) {
      point = stop
      stop = ctz(behind & (behind - 1))
      fraction = stop - point - 1
      if (!fraction) break
    }

    // The digits before `stop` move to the end, those before the point by one byte more.
    const moved = v128.load(BEFORE + <usize>min<u32>(stop, 16))
    const order = i8x16.add(moved, i8x16.le_s(moved, i8x16.splat(<i8>point)))
    const digits = i8x16.swizzle(v128.and(head, isDigit), order)
    let significand = sixteenDigits(digits, tensAndOnes, hundreds, tenThousands)
    if (stop > 16) {
      if (stop > LONGEST || point > 15 || significand >= tenTo(35 - stop)) break // it must fit 64 bits
      significand = significand * tenTo(stop - 16) + lastDigits(at, stop)
    }

    let next = at + <usize>stop
    let bits: u64 = 0
    let power: i32 = 0
    const sign = <u32>others & 1
    const c: u32 = load<u8>(next)
    if (c > LETTERS) {
      next = behindExponent(next)
      if (!next) break
      power = exponent
    }
    if (isInteger<T>()) {
      if (significand > <u64>i64.MAX_VALUE || fraction || power) break
      bits = sign ? 0 - significand : significand
    } else {
      if (power) bits = rounded<T>(significand, power - fraction)
      else bits = quotient<T>(significand, fraction)
      bits |= sizeof<T>() == 8 ? <u64>sign << 63 : <u64>sign << 31
    }
    if (sizeof<T>() == 8) store<u64>(to, bits)
    else store<u32>(to, <u32>bits)
    to += sizeof<T>()
    last = next
    if (<u32>load<u8>(next) != COMMA || to == full) break
    at = next + 1
    if (<u32>load<u8>(at) == SPACE) at++
  }
  stored = to
  return last
}

/** The number with sixteen digits, one in each byte: by pairs, fours, and eights. */
// @ts-ignore: decorator
@inline function sixteenDigits (digits: v128, tensAndOnes: v128, hundreds: v128, tenThousands: v128): u64 {
  const pairs = i16x8.shr_u(i16x8.mul(digits, tensAndOnes), 8)
  const fours = i32x4.dot_i16x8_s(pairs, hundreds)
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), tenThousands)
  const both = <u64>i64x2.extract_lane(eights, 0)
  return (both & 0xFFFFFFFF) * 100000000 + (both >> 32)
}

// @ts-ignore: decorator
@inline function tenTo (power: u32): u64 { return load<u64>(TENS + (<usize>power << 3)) }

/** The digits from the seventeenth byte to `stop`, one to eight, as a number. */
// @ts-ignore: decorator
@inline function lastDigits (at: usize, stop: u32): u64 {
  return eightDigits((load<u64>(at, 16) - EIGHT_ZEROS) << <u64>(24 - stop << 3))
}

/** Whether the sign, or what stands there, is not followed by a digit, or by a zero and another digit. */
// @ts-ignore: decorator
@inline function startsBadly (at: usize, head: v128, others: u32): bool {
  const sign = others & 1
  const following = others >> 1
  const isZero = <u32>i8x16.bitmask(i8x16.eq(head, i8x16.splat(0)))
  // Without branches, since signs come at random; the first digit is the bit sign + 1.
  return ((isZero & ~following & (sign + 1)) | (sign & following) | (<u32>load<u8>(at) ^ MINUS) * sign) != 0
}

let exponent: i32 = 0

/** One past the exponent at `at`, if there is one; 0 when it is long or wrong. */
function behindExponent (at: usize): usize {
  exponent = 0
  if ((<u32>load<u8>(at) | LOWER_CASE) != 0x65) return at
  const sign: u32 = load<u8>(at, 1)
  at += 1 + usize(u32(sign == MINUS) | u32(sign == PLUS))
  let value: i32 = 0
  let digit = <u32>load<u8>(at) - ZERO
  for (const from = at; digit < 10; digit = <u32>load<u8>(at) - ZERO) {
    value = value * 10 + digit
    if (++at - from > 4) return 0
  }
  exponent = sign == MINUS ? -value : value
  return <u32>load<u8>(at - 1) - ZERO < 10 ? at : 0
}
