// Finds the members of an object or list without reading them: where each key and value lies, and of what kind it is.
import {
  CUTS_HEAD, CUT_SIZE, KIND_LIST, KIND_LITERAL, KIND_NUMBER, KIND_OBJECT, KIND_STRING, MAX_NESTING, MEMBER_COMMAS,
  MEMBER_CUTS, MEMBER_CUT_COUNT, MEMBER_KEY_FROM, MEMBER_KEY_TO, MEMBER_KIND, MEMBER_LEVELS, MEMBER_SIZE,
  MEMBER_VALUE_FROM, MEMBER_VALUE_TO, TEXT_ADDRESS, TEXT_CAPACITY, TEXT_COUNT, TEXT_CUTS, TEXT_DEEPEST, TEXT_FROM,
  TEXT_KIND, TEXT_NO_ROOM, TEXT_OK, TEXT_OTHER, TEXT_SCRATCH, TEXT_STATUS, TEXT_TO
} from '../layout'
import { CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE } from '../decimal/characters'
import { report, unexpected } from '../decimal/fault'
import { scalar, skipSpace, string } from '../decimal/json'
import { commas, cutCount, levels, skip } from '../decimal/skip'

let count: u32 = 0   // members found
let keyFrom: usize = 0
let keyTo: usize = 0
let cuts: usize = 0    // room for the cuts of the next list
let deepest: usize = 0 // levels that there may be in a member

export function outline (record: usize): void {
  const text: usize = load<u32>(record, TEXT_ADDRESS)
  const end = text + load<u32>(record, TEXT_TO)
  count = 0
  cuts = load<u32>(record, TEXT_CUTS)
  deepest = <usize>min<u32>(load<u32>(record, TEXT_DEEPEST), MAX_NESTING) - 1
  let at = skipSpace(text + load<u32>(record, TEXT_FROM), end)
  at = at < end ? whole(record, at, end) : unexpected(at, end)
  if (at) {
    at = skipSpace(at, end)
    if (at < end) at = unexpected(at, end)
  }
  store<u32>(record, count, TEXT_COUNT)
  if (!at) return report(record)
  store<u32>(record, count > load<u32>(record, TEXT_CAPACITY) ? TEXT_NO_ROOM : TEXT_OK, TEXT_STATUS)
}

/** One past the value at `at`, whose members go into the table. */
function whole (record: usize, at: usize, end: usize): usize {
  const kind = kindAt(at)
  store<u32>(record, kind, TEXT_KIND)
  if (kind == KIND_OBJECT) return members(record, at + 1, end, CLOSE_OBJECT)
  if (kind == KIND_LIST) return members(record, at + 1, end, CLOSE_LIST)
  return scalar(at, end)
}

/** One past the bracket that closes the container whose first member, or that bracket, follows `at`. */
function members (record: usize, at: usize, end: usize, closing: u32): usize {
  at = skipSpace(at, end)
  if (at < end && <u32>load<u8>(at) == closing) return at + 1
  while (true) {
    keyFrom = keyTo = load<u32>(record, TEXT_ADDRESS)
    if (closing == CLOSE_OBJECT) at = key(at, end)
    if (!at) return 0
    at = member(record, skipSpace(at, end), end)
    if (!at) return 0
    at = skipSpace(at, end)
    const c: u32 = at < end ? load<u8>(at) : 0
    if (c == closing) return at + 1
    if (c != COMMA) return unexpected(at, end)
    at++
  }
}

/** One past the colon after the key that follows `at`. */
function key (at: usize, end: usize): usize {
  at = skipSpace(at, end)
  if (at >= end || <u32>load<u8>(at) != QUOTE) return unexpected(at, end)
  keyFrom = at
  keyTo = string(at, end)
  if (!keyTo) return 0
  at = skipSpace(keyTo, end)
  if (at >= end || <u32>load<u8>(at) != COLON) return unexpected(at, end)
  return at + 1
}

/** One past the value at `at`, which gets a line of the table where there is room. */
function member (record: usize, at: usize, end: usize): usize {
  if (at >= end) return unexpected(at, end)
  const kind = kindAt(at)
  const nested = kind == KIND_OBJECT || kind == KIND_LIST
  const next = nested ? skip(at, end, load<u32>(record, TEXT_SCRATCH), deepest, cuts) : scalar(at, end)
  if (next && count < load<u32>(record, TEXT_CAPACITY)) {
    const text: usize = load<u32>(record, TEXT_ADDRESS)
    const line = <usize>load<u32>(record, TEXT_OTHER) + <usize>count * MEMBER_SIZE
    store<u32>(line, keyFrom - text, MEMBER_KEY_FROM)
    store<u32>(line, keyTo - text, MEMBER_KEY_TO)
    store<u32>(line, at - text, MEMBER_VALUE_FROM)
    store<u32>(line, next - text, MEMBER_VALUE_TO)
    store<u32>(line, kind, MEMBER_KIND)
    store<u32>(line, nested ? commas : 0, MEMBER_COMMAS)
    store<u32>(line, nested ? levels : 0, MEMBER_LEVELS)
    storeCuts(line, nested ? cutCount : 0)
  }
  count++
  return next
}

/** Keeps what `skip` noted, if it did. */
// @ts-ignore: decorator
@inline function storeCuts (line: usize, count: u32): void {
  store<u32>(line, count ? <u32>cuts : 0, MEMBER_CUTS)
  store<u32>(line, count, MEMBER_CUT_COUNT)
  if (count) cuts += <usize>CUTS_HEAD + <usize>count * CUT_SIZE
}

/** What the byte at `at` makes the value; whether it really is that, reading it shows. */
function kindAt (at: usize): u32 {
  switch (<u32>load<u8>(at)) {
    case OPEN_OBJECT: return KIND_OBJECT
    case OPEN_LIST: return KIND_LIST
    case QUOTE: return KIND_STRING
    case 0x74: case 0x66: case 0x6E: return KIND_LITERAL // t f n
    default: return KIND_NUMBER
  }
}
