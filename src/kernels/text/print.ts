// Writes a tensor as a number or nested lists of numbers, without spaces.
import {
  F32, F64, I64, NON_FINITE_ERROR, TEXT_ADDRESS, TEXT_COUNT, TEXT_DTYPE, TEXT_FROM, TEXT_NON_FINITE, TEXT_NOT_FINITE,
  TEXT_NO_ROOM, TEXT_OK, TEXT_OTHER, TEXT_POSITION, TEXT_RANK, TEXT_SCRATCH, TEXT_SHAPE, TEXT_STATUS, U8
} from '../layout'
import { CLOSE_LIST, COMMA, OPEN_LIST } from '../decimal/characters'
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
  const rows = rowsOf(shape, rank)
  for (let row: u32 = 0, index: u32 = 0; row < rows; row++, index += length) {
    if (row) put(COMMA, 1)
    put(OPEN_LIST, listsAround(shape, rank, row))
    if (!writeRow<T>(record, index, length)) return
    put(CLOSE_LIST, listsAround(shape, rank, row + 1))
  }
  store<u32>(record, <u32>min<u64>(written, u32.MAX_VALUE), TEXT_COUNT)
  store<u32>(record, written > room ? TEXT_NO_ROOM : TEXT_OK, TEXT_STATUS)
}

// @ts-ignore: decorator
@inline function extent (shape: usize, axis: i32): u32 { return load<u32>(shape + (<usize>axis << 2)) }

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

/** How many lists open before `row` and close behind the row before it. */
function listsAround (shape: usize, rank: i32, row: u32): i32 {
  let lists = min(rank, 1)
  for (let axis = rank - 2; axis >= 0 && row % extent(shape, axis) == 0; axis--) {
    row /= extent(shape, axis)
    lists++
  }
  return lists
}

/** Writes a byte `times` times. */
function put (c: u32, times: i32): void {
  for (; times > 0; times--) {
    if (written < room) store<u8>(text + <usize>written, c)
    written++
  }
}

/** Writes the elements from flat index `index` on, with commas between them; false when one may not be written. */
function writeRow<T extends number> (record: usize, index: u32, length: u32): bool {
  const scratch: usize = load<u32>(record, TEXT_SCRATCH)
  const manner = load<u32>(record, TEXT_NON_FINITE)
  let from = <usize>load<u32>(record, TEXT_OTHER) + <usize>index * sizeof<T>()
  for (let i: u32 = 0; i < length; i++, from += sizeof<T>()) {
    const fits = written + FORMAT_ROOM <= room
    const start = fits ? text + <usize>written : scratch
    store<u8>(start, COMMA)
    const at = writeElement<T>(start + usize(i != 0), load<T>(from), manner)
    if (!at) {
      store<u32>(record, index + i, TEXT_POSITION)
      store<u32>(record, TEXT_NOT_FINITE, TEXT_STATUS)
      return false
    }
    const size = at - start
    if (!fits && written + size <= room) memory.copy(text + <usize>written, scratch, size)
    written += size
  }
  return true
}

/** One past the text of `value`, or 0 when it is not finite and that is an error. */
// @ts-ignore: decorator
@inline function writeElement<T extends number> (at: usize, value: T, manner: u32): usize {
  if (isInteger<T>()) return writeInteger(at, <i64>value)
  if (value - value == 0) return writeReal<T>(at, value)
  return manner == NON_FINITE_ERROR ? 0 : writeNonFinite(at, <f64>value, manner)
}
