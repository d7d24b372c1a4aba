// Passes over a list or object without reading what is in it: strings and brackets matter, and commas are counted.
import { MAX_NESTING, TEXT_TOO_DEEP } from '../layout'
import { CLOSE_LIST, CLOSE_OBJECT, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE } from './characters'
import { refuse, unexpected } from './fault'
import { string } from './json'

/** What `skip` leaves behind: the commas it passed outside strings. */
export let commas: u32 = 0

let depth: usize = 0

/** One past the list or object that opens at `at`; `stack` has room for MAX_NESTING bytes. */
export function skip (at: usize, end: usize, stack: usize): usize {
  depth = 0
  commas = 0
  while (at + 16 <= end) {
    const bytes = v128.load(at)
    const separators = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>COMMA)))
    let marks = i8x16.bitmask(v128.or(brackets(bytes), i8x16.eq(bytes, i8x16.splat(<i8>QUOTE))))
    let next = at + 16
    for (; marks; marks &= marks - 1) {
      const bit = ctz(marks)
      const after = mark(at + <usize>bit, end, stack)
      if (!after) return 0
      if (depth && after == at + <usize>bit + 1) continue
      // The end, or a string was passed: what comes after it is looked at afresh.
      commas += popcnt(separators & ((1 << bit) - 1)) - popcnt(separators)
      next = after
      break
    }
    commas += popcnt(separators)
    if (!depth) return next
    at = next
  }
  return skipTail(at, end, stack)
}

/** The bytes [ ] { } and four others (Y _ y and delete), which differ only in bits 1, 2 and 5. */
// @ts-ignore: decorator
@inline function brackets (bytes: v128): v128 {
  return i8x16.eq(v128.or(bytes, i8x16.splat(0x26)), i8x16.splat(0x7F))
}

function skipTail (at: usize, end: usize, stack: usize): usize {
  while (at < end) {
    if (<u32>load<u8>(at) == COMMA) commas++
    at = mark(at, end, stack)
    if (!at || !depth) return at
  }
  return unexpected(at, end)
}

/** One past the string, bracket or other byte at `at`. */
function mark (at: usize, end: usize, stack: usize): usize {
  const c: u32 = load<u8>(at)
  if (c == QUOTE) return string(at, end)
  if (c == OPEN_LIST || c == OPEN_OBJECT) {
    if (depth == MAX_NESTING) return refuse(TEXT_TOO_DEEP, at)
    store<u8>(stack + depth++, c)
  } else if (c == CLOSE_LIST || c == CLOSE_OBJECT) {
    if (<u32>load<u8>(stack + --depth) != c - 2) return unexpected(at, end) // ] is [ + 2, and } is { + 2
  }
  return at + 1
}
