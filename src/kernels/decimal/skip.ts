// Passes over a list or object without reading what is in it: strings and brackets matter, and commas are counted.
// Where it is long, cuts are noted on the way: places outside strings from which on parts of it can be read.
//
//   cuts   for each level, outermost first, how many elements the first list to close there has: u32 × MAX_RANK
//   then   for each cut its address and the commas before it: u32 × 2
import { CUTS_HEAD, CUT_DISTANCE, CUT_SIZE, MAX_RANK, TEXT_NESTED } from '../layout'
import { CLOSE_LIST, CLOSE_OBJECT, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE } from './characters'
import { refuse, unexpected } from './fault'
import { string } from './json'

const BLOCK: usize = 64

/** What `skip` leaves behind: the commas it passed outside strings, the cuts it noted, and the levels among these. */
export let commas: u32 = 0
export let cutCount: u32 = 0
export let levels: u32 = 0

let depth: usize = 0
let deepest: usize = 0
let closed: usize = 0 // the outermost level on which a list has closed

/** One past the list or object that opens at `at`, with `most` levels, for which `stack` has bytes. */
export function skip (at: usize, end: usize, stack: usize, most: usize, cuts: usize): usize {
  depth = 0
  deepest = most
  closed = MAX_RANK
  commas = 0
  cutCount = 0
  levels = 0
  let due = at + <usize>CUT_DISTANCE
  while (at + BLOCK <= end) {
    if (at >= due) {
      note(at, cuts)
      due = at + <usize>CUT_DISTANCE
    }
    if (!hasMarks(at)) {
      commas += popcnt(separators(at, 0)) + popcnt(separators(at, 16)) + popcnt(separators(at, 32)) +
        popcnt(separators(at, 48))
      at += BLOCK
    } else {
      at = skipMarks(at, end, stack, cuts)
      if (!at || !depth) return at
    }
  }
  return skipTail(at, end, stack, cuts)
}

function note (at: usize, cuts: usize): void {
  const cut = cuts + <usize>CUTS_HEAD + <usize>cutCount * CUT_SIZE
  store<u32>(cut, <u32>at)
  store<u32>(cut, commas, 4)
  cutCount++
}

/** The bytes [ ] { } and four others (Y _ y and delete), which differ only in bits 1, 2 and 5, and quotes. */
// @ts-ignore: decorator
@inline function marksAt (at: usize): v128 {
  const bytes = v128.load(at)
  const brackets = i8x16.eq(v128.or(bytes, i8x16.splat(0x26)), i8x16.splat(0x7F))
  return v128.or(brackets, i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)))
}

// @ts-ignore: decorator
@inline function hasMarks (at: usize): bool {
  const first = v128.or(marksAt(at), marksAt(at + 16))
  return v128.any_true(v128.or(first, v128.or(marksAt(at + 32), marksAt(at + 48))))
}

// @ts-ignore: decorator
@inline function separators (at: usize, offset: usize): u32 {
  return i8x16.bitmask(i8x16.eq(v128.load(at + offset), i8x16.splat(<i8>COMMA)))
}

// @ts-ignore: decorator
@inline function wide (first: u32, second: u32, third: u32, fourth: u32): u64 {
  return <u64>(first | second << 16) | <u64>(third | fourth << 16) << 32
}

/** One past the block at `at`, or past the string or bracket in it behind which all is to be looked at afresh. */
function skipMarks (at: usize, end: usize, stack: usize, cuts: usize): usize {
  const apart = wide(separators(at, 0), separators(at, 16), separators(at, 32), separators(at, 48))
  let marks = wide(
    i8x16.bitmask(marksAt(at)), i8x16.bitmask(marksAt(at + 16)), i8x16.bitmask(marksAt(at + 32)),
    i8x16.bitmask(marksAt(at + 48))
  )
  for (; marks; marks &= marks - 1) {
    const bit = ctz(marks)
    const before = apart & ((<u64>1 << bit) - 1)
    const level = depth
    const after = mark(at + <usize>bit, end, stack)
    if (!after) return 0
    if (depth < level) close(commas + <u32>popcnt(before), cuts)
    if (depth && after == at + <usize>bit + 1) continue
    commas += <u32>popcnt(before)
    return after
  }
  commas += <u32>popcnt(apart)
  return at + BLOCK
}

function skipTail (at: usize, end: usize, stack: usize, cuts: usize): usize {
  while (at < end) {
    if (<u32>load<u8>(at) == COMMA) commas++
    const level = depth
    at = mark(at, end, stack)
    if (!at) return 0
    if (depth < level) close(commas, cuts)
    if (!depth) return at
  }
  return unexpected(at, end)
}

/** One past the string, bracket or other byte at `at`. */
function mark (at: usize, end: usize, stack: usize): usize {
  const c: u32 = load<u8>(at)
  if (c == QUOTE) return string(at, end)
  if (c == OPEN_LIST || c == OPEN_OBJECT) {
    if (depth == deepest) return refuse(TEXT_NESTED, at)
    store<u8>(stack + depth++, c)
  } else if (c == CLOSE_LIST || c == CLOSE_OBJECT) {
    if (<u32>load<u8>(stack + --depth) != c - 2) return unexpected(at, end) // ] is [ + 2, and } is { + 2
  }
  return at + 1
}

/** A list or object has closed behind so many commas; where it is the first on its level, that is its length. */
// @ts-ignore: decorator
@inline function close (before: u32, cuts: usize): void {
  if (depth >= closed) return
  if (!levels) levels = <u32>depth + 1
  closed = depth
  store<u32>(cuts + (depth << 2), before + 1)
}
