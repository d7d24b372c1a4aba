// The shortest decimal that reads back to the same float64 or float32, and the nearest one of these, in any case.
// Giulietti, The Schubfach way to render doubles (2020), section 9; in the variant that may answer with one digit.
import { powerHigh, powerLow } from './powers'
import { multiplyHigh } from './wide'

// What `schubfach` leaves behind: the value is digits × 10^scale.
export let digits: u64 = 0
export let scale: i32 = 0

/** Finds the decimal of c × 2^q, which is a T; `closer` says that the T below it is half as far as the one above. */
export function schubfach<T extends number> (c: u64, q: i32, closer: bool): void {
  const k = tensOf(q, closer)
  const h = spare(q, k)

  // Four times the lower end of the interval that reads back, the value, and the upper end, in units of 10^k.
  if (sizeof<T>() == 8) scale64(4 * c << h, h + 1 - i32(closer), h + 1, -k)
  else scale32(4 * c << h, h + 1 - i32(closer), h + 1, -k)
  const odd = c & 1 // an odd mantissa does not win a tie, so that the ends of its interval are not its own
  const lower = scaledLower + odd
  const value = scaledValue
  const upper = scaledUpper - odd

  const s = value >> 2
  if (s >= 10) {
    const tens = s / 10
    const below = lower <= 40 * tens
    const above = 40 * tens + 40 <= upper
    if (below != above) {
      digits = tens + u64(above)
      scale = k + 1
      return
    }
  }
  const below = lower <= 4 * s
  const above = 4 * s + 4 <= upper
  const middle = 4 * s + 2
  const up = below != above ? above : value > middle || (value == middle && (s & 1) != 0)
  digits = s + u64(up)
  scale = k
}

/** floor(log10(2^q)), or of 3/4 × 2^q. */
// @ts-ignore: decorator
@inline export function tensOf (q: i32, closer: bool): i32 { return (q * 1262611 - (closer ? 524031 : 0)) >> 22 }

/** By how many bits 10^-k, as the table has it, wants c × 2^q moved up: 1 to 4. */
// @ts-ignore: decorator
@inline export function spare (q: i32, k: i32): i32 { return q + (-k * 1741647 >> 19) + 1 } // 1741647 / 2^19 is log2(10)

// x - 2^below, x and x + 2^above, each × 10^k and then cut off behind the point. What is cut off makes the result odd,
// so that it is not taken for a tie or an end of the interval; one unit is no sign of that, since 10^k was rounded up.
let scaledLower: u64 = 0
let scaledValue: u64 = 0
let scaledUpper: u64 = 0

function scale32 (x: u64, below: i32, above: i32, k: i32): void {
  const ten = powerHigh(k) + u64(k < 0 || k > 27) // rounded up; 5^27 is the last that fits 64 bits
  scaledLower = product32(ten, x - (<u64>1 << below))
  scaledValue = product32(ten, x)
  scaledUpper = product32(ten, x + (<u64>1 << above))
}

// @ts-ignore: decorator
@inline function product32 (ten: u64, x: u64): u64 {
  const product = (ten >> 32) * x + ((ten & 0xFFFFFFFF) * x >> 32)
  return product >> 32 | u64((product & 0xFFFFFFFF) > 1)
}

function scale64 (x: u64, below: i32, above: i32, k: i32): void {
  const tenLow = powerLow(k) + u64(k < 0 || k > 55) // rounded up; 5^55 is the last that fits 128 bits
  const ten = powerHigh(k)
  // The product in three words, to which the power times 2^above is added, and from which that times 2^below is taken.
  const low = tenLow * x
  const rest = multiplyHigh(tenLow, x)
  const middle = ten * x + rest
  const high = multiplyHigh(ten, x) + u64(middle < rest)
  scaledValue = high | u64(middle > 1)

  const carry = u64(low + (tenLow << above) < low)
  const more = ten << above | tenLow >> 64 - above
  const sum = middle + more
  const sumCarried = sum + carry
  scaledUpper = high + (ten >> 64 - above) + u64(sum < middle) + u64(sumCarried < sum) | u64(sumCarried > 1)

  const borrow = u64(low < tenLow << below)
  const less = ten << below | tenLow >> 64 - below
  const difference = middle - less
  const borrowed = difference - borrow
  scaledLower = high - (ten >> 64 - below) - u64(middle < less) - u64(difference < borrow) | u64(borrowed > 1)
}
