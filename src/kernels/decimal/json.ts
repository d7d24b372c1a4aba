// The lexical pieces of JSON besides numbers: white space, words, strings. Wide loads never pass the end of the text.
import {
  ALSE, BACKSLASH, CARRIAGE_RETURN, INFINITY, LINE_FEED, LOWER_CASE, MINUS, NAN, NULL, QUOTE, SLASH, SPACE, TAB, TRUE,
  ZERO
} from './characters'
import { unexpected } from './fault'
import { scan } from './scan'

/** Where the white space that starts at `at` ends. */
// @ts-ignore: decorator
@inline export function skipSpace (at: usize, end: usize): usize {
  return at < end && <u32>load<u8>(at) <= SPACE ? skipSpaces(at, end) : at
}

function skipSpaces (at: usize, end: usize): usize {
  while (at < end) {
    const c: u32 = load<u8>(at)
    if (c != SPACE && c != LINE_FEED && c != TAB && c != CARRIAGE_RETURN) break
    at++
  }
  return at
}

/** One past the `length` bytes of `letters`, which must stand at `at`. */
export function word (at: usize, end: usize, letters: u64, length: i32): usize {
  for (let i = 0; i < length; i++, at++) {
    if (at >= end || <u64>load<u8>(at) != (letters >> (i << 3) & 0xFF)) return unexpected(at, end)
  }
  return at
}

/** One past the scalar at `at`: a string, a number, or one of true, false, null, NaN, Infinity, -Infinity. */
export function scalar (at: usize, end: usize): usize {
  switch (<u32>load<u8>(at)) {
    case QUOTE: return string(at, end)
    case 0x74: return word(at, end, TRUE, 4)
    case 0x66: return word(at + 1, end, ALSE, 4)
    case 0x6E: return word(at, end, NULL, 4)
    case 0x4E: return word(at, end, NAN, 3)
    case 0x49: return word(at, end, INFINITY, 8)
    default: return isMinusInfinity(at, end) ? word(at + 1, end, INFINITY, 8) : scan(at, end)
  }
}

/** Whether the bytes at `at` can only become -Infinity. */
export function isMinusInfinity (at: usize, end: usize): bool {
  return at + 1 < end && <u32>load<u8>(at) == MINUS && load<u8>(at, 1) == 0x49
}

/** One past the string whose opening quote is at `at`; escapes and control characters are checked. */
export function string (at: usize, end: usize): usize {
  for (at = ordinary(at + 1, end); at < end; at = ordinary(at, end)) {
    const c: u32 = load<u8>(at)
    if (c == QUOTE) return at + 1
    if (c != BACKSLASH) return unexpected(at, end)
    at = escape(at + 1, end)
    if (!at) return 0
  }
  return unexpected(end, end)
}

/** The first byte that does not stand for itself in a string: a quote, a backslash, a control character. */
function ordinary (at: usize, end: usize): usize {
  for (; at + 16 <= end; at += 16) {
    const bytes = v128.load(at)
    const special = i8x16.bitmask(v128.or(
      i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE)),
      v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH)))
    ))
    if (special) return at + ctz(special)
  }
  for (; at < end; at++) {
    const c: u32 = load<u8>(at)
    if (c < SPACE || c == QUOTE || c == BACKSLASH) break
  }
  return at
}

/** One past the escape whose backslash precedes `at`. */
function escape (at: usize, end: usize): usize {
  if (at >= end) return unexpected(at, end)
  switch (<u32>load<u8>(at)) {
    case QUOTE: case BACKSLASH: case SLASH: return at + 1
    case 0x62: case 0x66: case 0x6E: case 0x72: case 0x74: return at + 1 // b f n r t
    case 0x75: break // u
    default: return unexpected(at, end)
  }
  for (let i = 0; i < 4; i++) {
    at++
    if (at >= end || !isHex(load<u8>(at))) return unexpected(at, end)
  }
  return at + 1
}

function isHex (c: u32): bool {
  return c - ZERO < 10 || (c | LOWER_CASE) - 0x61 < 6
}
