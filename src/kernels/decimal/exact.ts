// Decides between two neighbours by comparing all digits of a number with the point half way between them, in whole
// numbers of any length: limbs of 32 bits, least significant first, in scratch memory.
//
//   scratch        the digits, × 5^E or 2^n    512 bytes
//   scratch + 512  the halfway point, likewise 512 bytes
//
// Both sides are within a part in 10^18 of each other, and neither needs more than 2700 bits: 800 digits are 2658, and
// 5^1124 (the last of 800 digits below 10^-324) times a mantissa is 2664.
import { POINT, ZERO } from './characters'
import { digitsFrom, digitsTo, lastExponent } from './scan'

const SIDE: usize = 512
const MOST_DIGITS = 800 // a halfway point has at most 767, so that later digits only say "and a little more"

// The number whose limbs the functions below change.
let base: usize = 0
let limbs: usize = 0

/** `low` or the bits after it, whichever of these T is nearest to the number that was scanned last. */
export function exact<T extends number> (low: u64, scratch: usize): u64 {
  const fraction = sizeof<T>() == 8 ? 52 : 23
  const bias = sizeof<T>() == 8 ? 1023 : 127
  const field = low >> fraction
  const hidden: u64 = field ? <u64>1 << fraction : 0
  const mantissa = low & ((<u64>1 << fraction) - 1) | hidden
  const binary = max(<i32>field, 1) - bias - fraction - 1 // of the halfway point, (2 × mantissa + 1) × 2^binary

  base = scratch
  limbs = 0
  const more = readDigits()
  const decimal = <i32>lastTaken
  if (decimal > 0) multiplyByFives(decimal)
  if (decimal > binary) shiftLeft(decimal - binary)
  const ours = limbs

  base = scratch + SIDE
  limbs = 0
  append(1, <u32>(2 * mantissa + 1 >> 32))
  shiftLeft(32)
  append(1, <u32>(2 * mantissa + 1))
  if (decimal < 0) multiplyByFives(-decimal)
  if (binary > decimal) shiftLeft(binary - decimal)

  const order = compare(scratch, ours, base, limbs)
  if (order > 0 || (order == 0 && (more || mantissa & 1))) return low + 1
  return low
}

let lastTaken: i64 = 0 // power of ten of the last digit read

/** Reads the digits into the number; true when digits other than 0 were left out. */
function readDigits (): bool {
  let taken = 0
  let more = false
  lastTaken = lastExponent
  let chunk: u32 = 0
  let scale: u32 = 1
  for (let at = digitsFrom; at < digitsTo; at++) {
    const digit = <u32>load<u8>(at) - ZERO
    if (digit == POINT - ZERO || (digit | taken) == 0) continue
    if (taken == MOST_DIGITS) {
      more = more || digit != 0
      lastTaken++
      continue
    }
    taken++
    chunk = chunk * 10 + digit
    scale *= 10
    if (scale == 1000000000) {
      append(scale, chunk)
      chunk = 0
      scale = 1
    }
  }
  append(scale, chunk)
  return more
}

/** number = number × factor + term */
function append (factor: u32, term: u32): void {
  let carry: u64 = term
  for (let i: usize = 0; i < limbs; i++) {
    const limb = base + (i << 2)
    carry += <u64>load<u32>(limb) * factor
    store<u32>(limb, <u32>carry)
    carry >>= 32
  }
  if (!carry) return
  store<u32>(base + (limbs << 2), <u32>carry)
  limbs++
}

const FIVE_TO_13: u32 = 1220703125

function multiplyByFives (count: i32): void {
  for (; count >= 13; count -= 13) append(FIVE_TO_13, 0)
  for (; count > 0; count--) append(5, 0)
}

function shiftLeft (bits: i32): void {
  append(<u32>1 << (bits & 31), 0)
  const whole = <usize>bits >> 5
  if (!limbs || !whole) return
  memory.copy(base + (whole << 2), base, limbs << 2)
  memory.fill(base, 0, whole << 2)
  limbs += whole
}

/** Negative, 0 or positive, as the number at `a` is less than, equal to or greater than the one at `b`. */
function compare (a: usize, aLimbs: usize, b: usize, bLimbs: usize): i32 {
  if (aLimbs != bLimbs) return aLimbs < bLimbs ? -1 : 1
  for (let i = aLimbs; i-- > 0;) {
    const x = load<u32>(a + (i << 2))
    const y = load<u32>(b + (i << 2))
    if (x != y) return x < y ? -1 : 1
  }
  return 0
}
