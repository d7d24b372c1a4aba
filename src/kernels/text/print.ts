// Writes a tensor, or the part of it from TEXT_FIRST to TEXT_LAST, as a number or nested lists of numbers, without spaces.
// The texts of consecutive parts, one behind the other, are the text of the whole.
import {
  F32, F64, I64, NON_FINITE_ERROR, TEXT_ADDRESS, TEXT_COUNT, TEXT_DTYPE, TEXT_FIRST, TEXT_FROM, TEXT_LAST, TEXT_NON_FINITE, TEXT_NOT_FINITE,
  TEXT_NO_ROOM, TEXT_OK, TEXT_OTHER, TEXT_POSITION, TEXT_RANK, TEXT_SCRATCH, TEXT_SHAPE, TEXT_STATUS, U8
} from '../layout'
import { CLOSE_LIST, COMMA, OPEN_LIST } from '../decimal/characters'
import { extent, listsAround } from '../decimal/lists'
import { FORMAT_ROOM, writeInteger, writeNonFinite, writeReal } from '../decimal/format'

export function print (record: usize): void {
  switch (load<u32>(record, TEXT_DTYPE)) {
    case F64: return write<f64>(record)
    case F32: return write<f32>(record)
    case I64: return write<i64>(record)
    case U8: return write<u8>(record)
  }
}

// The text so far. What does not fit is only counted, in 64 bits, so that no length wraps around into the room.
let text: usize = 0
let room: u64 = 0
let written: u64 = 0

function write<T extends number> (record: usize): void {
  text = load<u32>(record, TEXT_ADDRESS)
  room = load<u32>(record, TEXT_FROM)
  written = 0
  const shape: usize = load<u32>(record, TEXT_SHAPE)
  const rank = printedRank(shape, load<u32>(record, TEXT_RANK))
  const length = rank ? extent(shape, rank - 1) : 1
  const first = load<u32>(record, TEXT_FIRST)
  const last = load<u32>(record, TEXT_LAST)
  const rows = length ? (last + length - 1) / length : rowsOf(shape, rank)
  for (let row = length ? first / length : 0; row < rows; row++) {
    const start = row * length
    const from = max(start, first)
    const to = min(start + length, last)
    if (row | from) put(COMMA, 1)
    if (from == start) put(OPEN_LIST, listsAround(shape, rank, row))
    if (!writeRow<T>(record, from, to)) return
    if (to == start + length) put(CLOSE_LIST, listsAround(shape, rank, row + 1))
  }
  store<u32>(record, <u32>min<u64>(written, u32.MAX_VALUE), TEXT_COUNT)
  store<u32>(record, written > room ? TEXT_NO_ROOM : TEXT_OK, TEXT_STATUS)
}

/** How many axes show: those behind one of length 0 do not. */
function printedRank (shape: usize, rank: i32): i32 {
  for (let axis = 0; axis < rank; axis++) {
    if (!extent(shape, axis)) return axis + 1
  }
  return rank
}

/** How many innermost lists there are. */
function rowsOf (shape: usize, rank: i32): u32 {
  let rows: u32 = 1
  for (let axis = 0; axis < rank - 1; axis++) rows *= extent(shape, axis)
  return rows
}

/** Writes a byte `times` times. */
function put (c: u32, times: i32): void {
  for (; times > 0; times--) {
    if (written < room) store<u8>(text + <usize>written, c)
    written++
  }
}

/** Writes the elements from flat index `from` to `to`, with commas between; false when one may not be written. */
function writeRow<T extends number> (record: usize, from: u32, to: u32): bool {
  const elements: usize = load<u32>(record, TEXT_OTHER)
  const manner = load<u32>(record, TEXT_NON_FINITE)
  let index = from
  if (written + FORMAT_ROOM < room) {
    let at = text + <usize>written
    const limit = text + <usize>room - FORMAT_ROOM
    for (; index < to && at < limit; index++) {
      store<u8>(at, COMMA)
      const next = writeElement<T>(at + usize(index != from), load<T>(elements + <usize>index * sizeof<T>()), manner)
      if (!next) return refuse(record, index)
      at = next
    }
    written = at - text
  }
  for (; index < to; index++) {
    if (!writeLast<T>(record, elements + <usize>index * sizeof<T>(), index != from, manner)) return refuse(record, index)
  }
  return true
}

/** Writes an element that may not have the room that writing takes. */
function writeLast<T extends number> (record: usize, from: usize, separated: bool, manner: u32): bool {
  const scratch: usize = load<u32>(record, TEXT_SCRATCH)
  store<u8>(scratch, COMMA)
  const next = writeElement<T>(scratch + usize(separated), load<T>(from), manner)
  if (!next) return false
  const size = next - scratch
  if (written + size <= room) memory.copy(text + <usize>written, scratch, size)
  written += size
  return true
}

function refuse (record: usize, index: u32): bool {
  store<u32>(record, index, TEXT_POSITION)
  store<u32>(record, TEXT_NOT_FINITE, TEXT_STATUS)
  return false
}

/** One past the text of `value`, or 0 when it is not finite and that is an error. */
// @ts-ignore: decorator
@inline function writeElement<T extends number> (at: usize, value: T, manner: u32): usize {
  if (isInteger<T>()) return writeInteger(at, <i64>value)
  if (value - value == 0) return writeReal<T>(at, value)
  return manner == NON_FINITE_ERROR ? 0 : writeNonFinite(at, <f64>value, manner)
}
