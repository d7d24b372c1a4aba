// The shortest decimal that reads back to the same float64 or float32, and the nearest one of these, as the seventeen
// digits that are printed. One product, known to about 2^-30 of the last digit, decides nearly always; where it lies
// closer than that to an end of the interval or to a tie, schubfach.ts decides.
import { powerHigh, powerLow } from './powers'
import { TENS } from './scan'
import { digits, scale as scaleOfDigits, schubfach, spare, tensOf } from './schubfach'
import { multiplyHigh } from './wide'

// What `shorten` leaves behind: the value is (upper × 10^8 + lower) × 10^scale, where upper has nine digits, of which
// the first alone may be 0, and lower eight.
export let upper: u32 = 0
export let lower: u32 = 0
export let scale: i32 = 0

const TO_8: u32 = 100000000

/** Finds the decimal of the finite, positive T with these bits. */
// @ts-ignore: decorator
@inline export function shorten<T extends number> (bits: u64): void {
  const fraction = sizeof<T>() == 8 ? 52 : 23
  const bias = sizeof<T>() == 8 ? 1075 : 150
  const field = <i32>(bits >> fraction)
  const mantissa = bits & ((<u64>1 << fraction) - 1)
  const q = field - bias
  const c = mantissa | <u64>1 << fraction
  // A power of two, a subnormal number, or an integer.
  if (u32(mantissa == 0) | u32(field == 0) | u32(<i32>ctz(c) + q >= 0)) {
    if (field) unusual<T>(c, q, field > 1)
    else unusual<T>(mantissa, q + 1, false)
  } else if (sizeof<T>() == 8) {
    shorten64(c, q)
  } else {
    shorten32(<u32>c, q)
  }
}

/** The decimal of c × 2^q, which may be an integer or a power of two; `above` says that numbers below are spaced closer. */
function unusual<T extends number> (c: u64, q: i32, above: bool): void {
  const fraction = sizeof<T>() == 8 ? 52 : 23
  if (<u32>-q <= <u32>fraction && <i32>ctz(c) + q >= 0) return spread(c >> -q, 0)
  schubfach<T>(c, q, above && c == <u64>1 << fraction)
  spread(digits, scaleOfDigits)
}

/** Makes the decimal digits × 10^power fill the seventeen. */
function spread (digits: u64, power: i32): void {
  const more = 17 - <i32>lengthOf(digits)
  digits *= load<u64>(TENS + (<usize>more << 3))
  upper = <u32>(digits / TO_8)
  lower = <u32>(digits % TO_8)
  scale = power - more
}

/** How many decimal digits a number has; 0 has one. */
export function lengthOf (value: u64): usize {
  const guess = <usize>(64 - clz(value | 1)) * 1233 >> 12 // 1233 / 4096 is log10(2)
  return guess + usize((value | 1) >= load<u64>(TENS + (guess << 3)))
}

// @ts-ignore: decorator
@inline function shorten64 (c: u64, q: i32): void {
  const k = tensOf(q, false)
  const h = spare(q, k)
  const x = 4 * c << h
  const ten = powerHigh(-k)
  // Four times the value in units of 10^k, and 64 bits behind the point, of which the last 33 may be too small.
  const product = ten * x
  const behind = product + (powerLow(-k) >> 32) * (x >> 32)
  const whole = multiplyHigh(ten, x) + u64(behind < product)
  const s = whole >> 2
  const part = whole << 62 | behind >> 2

  const first = s / TO_8
  const last = <u32>(s - first * TO_8)
  const digit = last % 10

  // With 60 bits behind the point: how far the nearest multiple of ten is, and half the spacing of float64.
  const past = <u64>digit << 60 | part >> 4
  const isHigh = past > FIVE_60
  const distance = isHigh ? TEN_60 - past : past
  const reach = ten >> (5 - h)
  if (isNear(distance, reach, NEAR) | isNear(part, <u64>1 << 63, NEAR)) return careful<f64>(c, q)
  upper = <u32>first
  lower = last + (distance < reach ? (isHigh ? 10 : 0) - digit : <u32>(part >> 63))
  scale = k
  if (lower == TO_8) carry()
}

function careful<T extends number> (c: u64, q: i32): void {
  schubfach<T>(c, q, false)
  spread(digits, scaleOfDigits)
}

function carry (): void {
  upper++
  lower = 0
}

const FIVE_60: u64 = 5 << 60
const TEN_60: u64 = 10 << 60
const FIVE_34: u64 = 5 << 34
const TEN_34: u64 = 10 << 34
const NEAR: u64 = 1 << 34

/** Whether two numbers are less than about `near` apart. */
// @ts-ignore: decorator
@inline function isNear (a: u64, b: u64, near: u64): u32 { return u32(a - b + near <= 2 * near) }

// @ts-ignore: decorator
@inline function shorten32 (c: u32, q: i32): void {
  const k = tensOf(q, false)
  const h = spare(q, k)
  const x = <u64>c << 2 + h
  const ten = powerHigh(-k)
  const product = (ten >> 32) * x + ((ten & 0xFFFFFFFF) * x >> 32) // with 34 bits behind the point
  const s = <u32>(product >> 34)
  const digit = s % 10
  const part = product & (<u64>1 << 34) - 1
  const past = <u64>digit << 34 | part
  const reach = ten >> (31 - h)
  const isHigh = past > FIVE_34
  const distance = isHigh ? TEN_34 - past : past
  if (isNear(distance, reach, 4) | isNear(part, <u64>1 << 33, 4)) return careful<f32>(c, q)
  const nearest = s + (distance < reach ? (isHigh ? 10 : 0) - digit : <u32>(part >> 33))
  const short = nearest < TO_8
  upper = short ? nearest * 10 : nearest
  lower = 0
  scale = short ? k - 9 : k - 8
}
