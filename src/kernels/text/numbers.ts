// Reads a number, or nested lists of numbers of one shape, into elements of a tensor.
import {
  F32, F64, I64, TEXT_ADDRESS, TEXT_CAPACITY, TEXT_COUNT, TEXT_DTYPE, TEXT_FROM, TEXT_NO_ROOM, TEXT_OK, TEXT_OTHER,
  TEXT_SCRATCH, TEXT_STATUS, TEXT_TO
} from '../layout'
import { CLOSE_LIST, COMMA, OPEN_LIST } from '../decimal/characters'
import { readElement } from '../decimal/element'
import { report, unexpected } from '../decimal/fault'
import { skipSpace } from '../decimal/json'
import { abandon, begin, close, depth, element, empty, finish, index, open } from '../decimal/nest'

export function numbers (record: usize): void {
  switch (load<u32>(record, TEXT_DTYPE)) {
    case F64: return read<f64>(record)
    case F32: return read<f32>(record)
    case I64: return read<i64>(record)
  }
}

let count: u32 = 0 // elements read

function read<T extends number> (record: usize): void {
  const text: usize = load<u32>(record, TEXT_ADDRESS)
  const end = text + load<u32>(record, TEXT_TO)
  begin(record)
  let at = readValue<T>(record, text + load<u32>(record, TEXT_FROM), end)
  if (at) {
    at = skipSpace(at, end)
    if (at < end) at = unexpected(at, end)
  }
  finish(record)
  if (!at) {
    abandon(record)
    return report(record)
  }
  store<u32>(record, count, TEXT_COUNT)
  store<u32>(record, count > load<u32>(record, TEXT_CAPACITY) ? TEXT_NO_ROOM : TEXT_OK, TEXT_STATUS)
}

/** One past the value that starts at `at`. */
function readValue<T extends number> (record: usize, at: usize, end: usize): usize {
  const scratch: usize = load<u32>(record, TEXT_SCRATCH)
  const room = load<u32>(record, TEXT_CAPACITY)
  let to: usize = load<u32>(record, TEXT_OTHER)
  count = 0
  while (true) {
    at = openLists(at, end)
    if (!at) return 0
    if (isClosedAtOnce(at)) {
      empty()
    } else {
      const from = at
      at = readElement<T>(at, end, count < room ? to : scratch, scratch) // without room they are only counted
      if (!at || !element(from)) return 0
      count++
      to += sizeof<T>()
    }
    at = closeLists(at, end)
    if (!at || !depth) return at
  }
}

/** The first byte from `at` on that is neither white space nor opens a list. */
// @ts-ignore: decorator
@inline function openLists (at: usize, end: usize): usize {
  while (true) {
    at = skipSpace(at, end)
    if (at >= end) return unexpected(at, end)
    if (<u32>load<u8>(at) != OPEN_LIST) return at
    if (!open(at)) return 0
    at++
  }
}

// @ts-ignore: decorator
@inline function isClosedAtOnce (at: usize): bool {
  return !index && depth && <u32>load<u8>(at) == CLOSE_LIST
}

/** One past the next comma, or past the bracket that closes the outermost list. */
// @ts-ignore: decorator
@inline function closeLists (at: usize, end: usize): usize {
  while (depth) {
    at = skipSpace(at, end)
    if (at >= end) return unexpected(at, end)
    const c: u32 = load<u8>(at)
    if (c == COMMA) return at + 1
    if (c != CLOSE_LIST) return unexpected(at, end)
    if (!close(at)) return 0
    at++
  }
  return at
}
