// The number that was scanned last as a 64-bit integer, exactly; 1.0, 1e2 and -0.0 are integers, too.
import { TEXT_NOT_AN_INTEGER, TEXT_OUT_OF_RANGE } from '../layout'
import { POINT, ZERO } from './characters'
import { refuse } from './fault'
import { digitsFrom, digitsTo, exponent, lastExponent, negative, significand, truncated } from './scan'

/** What `toInteger` leaves behind. */
export let integer: i64 = 0

/** `next`, or 0 when the number, which starts at `at`, is no 64-bit integer. */
export function toInteger (at: usize, next: usize): usize {
  if (truncated && !endsInZeros()) return refuse(lastCounting() < 0 ? TEXT_NOT_AN_INTEGER : TEXT_OUT_OF_RANGE, at)
  let value = significand
  if (value) {
    let power = exponent
    for (; power < 0; power++) {
      if (value % 10) return refuse(TEXT_NOT_AN_INTEGER, at)
      value /= 10
    }
    for (; power > 0; power--) {
      if (value > (<u64>1 << 63) / 10) return refuse(TEXT_OUT_OF_RANGE, at)
      value *= 10
    }
    if (value > <u64>i64.MAX_VALUE + <u64>negative) return refuse(TEXT_OUT_OF_RANGE, at)
  }
  integer = <i64>(negative ? 0 - value : value)
  return next
}

/** Whether all digits that the significand leaves out are 0. */
function endsInZeros (): bool { return lastCounting() >= exponent }

/** The power of ten of the last digit that is not 0. */
function lastCounting (): i64 {
  let power = lastExponent
  for (let at = digitsTo - 1; at > digitsFrom; at--) {
    const c: u32 = load<u8>(at)
    if (c == POINT) continue
    if (c != ZERO) break
    power++
  }
  return power
}
