// Reads a part of nested lists of numbers whose shape is known beforehand: the elements from TEXT_FIRST to TEXT_LAST, of
// which the first follows the first comma from TEXT_POSITION on (or is the very first), into their places in the tensor.
// What is not as the shape says, or no number, is not explained: then the whole text is read again by `numbers`.
import {
  F32, F64, I64, TEXT_ADDRESS, TEXT_CAPACITY, TEXT_DTYPE, TEXT_FIRST, TEXT_FROM, TEXT_LAST, TEXT_OK, TEXT_OTHER,
  TEXT_POSITION, TEXT_RANK, TEXT_SCRATCH, TEXT_SHAPE, TEXT_STATUS, TEXT_TO, TEXT_UNEXPECTED
} from '../layout'
import { CLOSE_LIST, COMMA, OPEN_LIST } from '../decimal/characters'
import { readElement } from '../decimal/element'
import { skipSpace } from '../decimal/json'
import { extent, listsAround } from '../decimal/lists'
import { plain, stored } from '../decimal/plain'

export function numbersPart (record: usize): void {
  let isRead: bool = false
  switch (load<u32>(record, TEXT_DTYPE)) {
    case F64: isRead = read<f64>(record); break
    case F32: isRead = read<f32>(record); break
    case I64: isRead = read<i64>(record); break
  }
  store<u32>(record, isRead ? TEXT_OK : TEXT_UNEXPECTED, TEXT_STATUS)
}

function read<T extends number> (record: usize): bool {
  const end = <usize>load<u32>(record, TEXT_ADDRESS) + load<u32>(record, TEXT_TO)
  const shape: usize = load<u32>(record, TEXT_SHAPE)
  const rank: i32 = load<u32>(record, TEXT_RANK)
  const length = extent(shape, rank - 1)
  const elements: usize = load<u32>(record, TEXT_OTHER)
  const scratch: usize = load<u32>(record, TEXT_SCRATCH)
  const last = load<u32>(record, TEXT_LAST)
  let index = load<u32>(record, TEXT_FIRST)
  let at = index < last ? start(record, index, end) : 0
  while (at) {
    if (index % length == 0) at = brackets(at, end, OPEN_LIST, listsAround(shape, rank, index / length))
    if (!at) break
    const next = min(last, index - index % length + length)
    at = readRow<T>(at, end, elements + <usize>index * sizeof<T>(), elements + <usize>next * sizeof<T>(), scratch)
    index = next
    if (at && index % length == 0) at = brackets(at, end, CLOSE_LIST, listsAround(shape, rank, index / length))
    if (!at) break
    if (index == load<u32>(record, TEXT_CAPACITY)) return skipSpace(at, end) == end
    at = comma(at, end)
    if (index == last) return at != 0
  }
  return false
}

/** Where the text of the first element starts, with the brackets before it. */
function start (record: usize, index: u32, end: usize): usize {
  const text: usize = load<u32>(record, TEXT_ADDRESS)
  if (!index) return text + load<u32>(record, TEXT_FROM)
  let at = text + load<u32>(record, TEXT_POSITION)
  while (at < end && <u32>load<u8>(at) != COMMA) at++
  return comma(at, end)
}

/** One past the last of the elements that follow each other from `at` on and fill [to, full), else 0. */
function readRow<T extends number> (at: usize, end: usize, to: usize, full: usize, scratch: usize): usize {
  while (true) {
    at = skipSpace(at, end)
    if (at >= end) return 0
    let next = plain<T>(at, end, to, full)
    if (next) {
      to = stored
    } else {
      next = readElement<T>(at, end, to, scratch)
      if (!next) return 0
      to += sizeof<T>()
    }
    if (to == full) return next
    at = comma(next, end)
    if (!at) return 0
  }
}

/** One past the comma that follows `at`, else 0. */
function comma (at: usize, end: usize): usize { return brackets(at, end, COMMA, 1) }

/** One past the `count` bytes `c` that follow `at`, else 0. */
function brackets (at: usize, end: usize, c: u32, count: i32): usize {
  for (; count > 0; count--) {
    at = skipSpace(at, end)
    if (at >= end || <u32>load<u8>(at) != c) return 0
    at++
  }
  return at
}
