// Reads one element of a tensor: a number, or one of the words and strings that stand for a number.
import { TEXT_NOT_A_NUMBER, TEXT_NOT_AN_INTEGER } from '../layout'
import { ALSE, INFINITY, LOWER_T, MINUS, NAN, NULL, OPEN_OBJECT, QUOTE, TRUE, ZERO } from './characters'
import { refuse } from './fault'
import { integer, toInteger } from './integer'
import { isMinusInfinity, scalar, word } from './json'
import { real } from './real'
import { scan } from './scan'

/** One past the element at `at`, which is stored at `to`. */
// @ts-ignore: decorator
@inline export function readElement<T extends number> (at: usize, end: usize, to: usize, scratch: usize): usize {
  const c: u32 = load<u8>(at)
  if (c - ZERO >= 10 && (c != MINUS || isMinusInfinity(at, end))) return readWord<T>(at, end, to)
  let next = scan(at, end)
  if (!next) return 0
  if (isInteger<T>()) {
    next = toInteger(at, next)
    if (next) store<i64>(to, integer)
  } else {
    store<T>(to, real<T>(scratch))
  }
  return next
}

function readWord<T extends number> (at: usize, end: usize, to: usize): usize {
  if (<u32>load<u8>(at) == OPEN_OBJECT) return refuse(TEXT_NOT_A_NUMBER, at)
  const next = scalar(at, end)
  if (!next) return 0
  if (isInteger<T>() && (is(at, next, TRUE, 4) || is(at + 1, next, ALSE, 4))) {
    store<i64>(to, <u32>load<u8>(at) == LOWER_T ? 1 : 0)
    return next
  }
  const value = meaning(at, next)
  if (value == 0) return refuse(TEXT_NOT_A_NUMBER, at)
  if (isInteger<T>()) return refuse(TEXT_NOT_AN_INTEGER, at)
  store<T>(to, <T>value)
  return next
}

/** The number that the scalar in [at, next) stands for, or 0 when it stands for none. */
function meaning (at: usize, next: usize): f64 {
  if (<u32>load<u8>(at) == QUOTE) {
    at++
    next--
  } else if (is(at, next, NULL, 4)) {
    return NaN
  }
  if (is(at, next, NAN, 3)) return NaN
  if (is(at, next, INFINITY, 8)) return Infinity
  if (is(at + 1, next, INFINITY, 8) && <u32>load<u8>(at) == MINUS) return -Infinity
  return 0
}

function is (at: usize, next: usize, letters: u64, length: i32): bool {
  return next - at == length && word(at, next, letters, length) != 0
}
