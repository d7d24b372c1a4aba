// The shortest decimal that reads back to the same float64 or float32, and the nearest one of these: Schubfach.
// Giulietti, The Schubfach way to render doubles (2020), section 9; in the variant that may answer with one digit.
import { powerHigh, powerLow } from './powers'
import { multiplyHigh } from './wide'

// What `shorten` leaves behind: the value is digits × 10^scale.
export let digits: u64 = 0
export let scale: i32 = 0

/** Finds the decimal of the finite, positive T with these bits. */
export function shorten<T extends number> (bits: u64): void {
  const fraction = sizeof<T>() == 8 ? 52 : 23
  const bias = sizeof<T>() == 8 ? 1075 : 150
  const field = <i32>(bits >> fraction)
  const mantissa = bits & ((<u64>1 << fraction) - 1)
  const c = field ? mantissa | <u64>1 << fraction : mantissa
  const q = max(field, 1) - bias
  if (q <= 0 && q > -fraction - 1 && (c & ((<u64>1 << -q) - 1)) == 0) {
    digits = c >> -q
    scale = 0
    return
  }
  // Below a power of two the spacing is half of what it is above.
  const closer: u64 = u64(mantissa == 0 && field > 1)
  const k = (q * 1262611 - (closer ? 524031 : 0)) >> 22 // floor(log10(2^q)), or of 3/4 × 2^q
  const h = q + (-k * 1741647 >> 19) + 1 // 1741647 / 2^19 is log2(10)

  // Four times the lower end of the interval that reads back, the value, and the upper end, in units of 10^k.
  const odd = c & 1 // an odd mantissa does not win a tie, so that the ends of its interval are not its own
  const lower = scaled<T>(4 * c - 2 + closer << h, -k) + odd
  const value = scaled<T>(4 * c << h, -k)
  const upper = scaled<T>(4 * c + 2 << h, -k) - odd

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

/** x × 10^k without its last bits, which are 64 of float64 and 32 of float32, rounded to odd so that ties show. */
// @ts-ignore: decorator
@inline function scaled<T extends number> (x: u64, k: i32): u64 {
  if (sizeof<T>() == 4) {
    const power = powerHigh(k) + u64(k < 0 || k > 27) // rounded up; 5^27 is the last that fits 64 bits
    const product = (power >> 32) * x + ((power & 0xFFFFFFFF) * x >> 32)
    return product >> 32 | u64((product & 0xFFFFFFFF) > 1)
  }
  const power = powerLow(k) + u64(k < 0 || k > 55) // rounded up; 5^55 is the last that fits 128 bits
  const ten = powerHigh(k)
  let low = ten * x
  let high = multiplyHigh(ten, x)
  const rest = multiplyHigh(power, x)
  low += rest
  high += u64(low < rest)
  return high | u64(low > 1)
}
