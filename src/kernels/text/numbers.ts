// Reads a number, or nested lists of numbers of one shape, into elements of a tensor.
import {
  F32, F64, I64, TEXT_ADDRESS, TEXT_CAPACITY, TEXT_COUNT, TEXT_DTYPE, TEXT_FROM, TEXT_NO_ROOM, TEXT_OK, TEXT_OTHER,
  TEXT_SCRATCH, TEXT_STATUS, TEXT_TO
} from '../layout'
import { CLOSE_LIST, COMMA, OPEN_LIST } from '../decimal/characters'
import { readElement } from '../decimal/element'
import { report, unexpected } from '../decimal/fault'
import { skipSpace } from '../decimal/json'
import { plain, stored } from '../decimal/plain'
import { abandon, addElements, begin, close, depth, empty, finish, index, isElement, open } from '../decimal/nest'

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
  count = 0
  while (true) {
    at = openLists(at, end)
    if (!at) return 0
    if (isClosedAtOnce(at)) empty()
    else at = readElements<T>(record, at, end)
    if (!at) return 0
    at = closeLists(at, end)
    if (!at || !depth) return at
  }
}

/** One past the last of the elements that follow each other from `at` on. */
function readElements<T extends number> (record: usize, at: usize, end: usize): usize {
  const scratch: usize = load<u32>(record, TEXT_SCRATCH)
  const elements: usize = load<u32>(record, TEXT_OTHER)
  const from = count
  const room = load<u32>(record, TEXT_CAPACITY)
  let many = from
  let next = at
  do {
    const start = next
    const to = elements + <usize>many * sizeof<T>()
    const most = many >= room ? 0 : depth ? room - many : 1
    let read: u32 = 1
    at = most ? plain<T>(start, end, to, to + <usize>most * sizeof<T>()) : 0
    if (at) read = <u32>((stored - to) / sizeof<T>())
    else at = readElement<T>(start, end, most ? to : scratch, scratch) // without room they are only counted
    if (at && many == from && !isElement(start)) at = 0
    if (!at) break
    many += read
    next = nextNumber(at, end)
  } while (next)
  addElements(many - from)
  count = many
  return at
}

/** Where the next number starts when it is all that follows the one before `at`, else 0. */
// @ts-ignore: decorator
@inline function nextNumber (at: usize, end: usize): usize {
  at = skipSpace(at, end)
  if (at >= end || <u32>load<u8>(at) != COMMA || !depth) return 0
  at = skipSpace(at + 1, end)
  return at < end && <u32>load<u8>(at) != OPEN_LIST ? at : 0
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
