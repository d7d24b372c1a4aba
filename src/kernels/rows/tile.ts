// Four rows side by side: class c of rows 0 … 3 in the four float32 lanes of vector c. For rows of few classes, where
// vectors along the row would be mostly ends, and for rows whose classes do not lie next to each other.
import { F32, MAP_LENGTH, MAP_STRIDE } from '../layout'
import { addressOf, dtypeOf, elementAt, offsetOf } from '../operand'

/** Where four rows of an operand are, in elements; rows that are not there repeat the last. */
@unmanaged export class Lanes {
  o0: usize; o1: usize; o2: usize; o3: usize
  /** How many there are. */
  count: u32
  length: u32
  stride: usize
}

/** Rows [r, r + count) of an operand. */
export function locate (lanes: Lanes, map: usize, r: u32, count: u32): void {
  for (let i: u32 = 0; i < 4; i++) {
    store<usize>(changetype<usize>(lanes) + i * sizeof<usize>(), offsetOf(map, r + min<u32>(i, count - 1)))
  }
  lanes.count = count
  lanes.length = load<u32>(map, MAP_LENGTH)
  lanes.stride = load<u32>(map, MAP_STRIDE)
}

/** Whether the four rows lie element by element beside each other. */
// @ts-ignore: decorator
@inline function sideBySide (lanes: Lanes): bool { return lanes.count == 4 && lanes.o3 == lanes.o0 + 3 && lanes.o1 == lanes.o0 + 1 }

/** Whether each row is consecutive and has a vector. */
// @ts-ignore: decorator
@inline function alongRows (lanes: Lanes): bool { return lanes.stride == 1 && lanes.length >= 4 }

/** Reads four rows of `operand`, rounded to float32, into the tile. */
export function loadTile (operand: usize, lanes: Lanes, tile: usize): void {
  const address = addressOf(operand)
  if (dtypeOf(operand) != F32) return loadAny(operand, lanes, tile)
  if (sideBySide(lanes)) return loadBeside(address, lanes, tile)
  if (alongRows(lanes)) return loadAlong(address, lanes, tile)
  loadAny(operand, lanes, tile)
}

/** Writes the tile to four rows of the float32 tensor at `address`. */
export function storeTile (address: usize, lanes: Lanes, tile: usize): void {
  if (sideBySide(lanes)) return storeBeside(address, lanes, tile)
  if (lanes.count == 4 && alongRows(lanes)) return storeAlong(address, lanes, tile)
  for (let i: u32 = 0; i < lanes.count; i++) {
    const to = address + (offsetAt(lanes, i) << 2)
    for (let c: u32 = 0; c < lanes.length; c++) {
      store<f32>(to + ((<usize>c * lanes.stride) << 2), load<f32>(tile + (<usize>c << 4) + (i << 2)))
    }
  }
}

// @ts-ignore: decorator
@inline function offsetAt (lanes: Lanes, i: u32): usize {
  return load<usize>(changetype<usize>(lanes) + i * sizeof<usize>())
}

function loadAny (operand: usize, lanes: Lanes, tile: usize): void {
  for (let i: u32 = 0; i < 4; i++) {
    const offset = offsetAt(lanes, i)
    for (let c: u32 = 0; c < lanes.length; c++) {
      const value = elementAt(addressOf(operand), dtypeOf(operand), offset + <usize>c * lanes.stride)
      store<f32>(tile + (<usize>c << 4) + (i << 2), <f32>value)
    }
  }
}

function loadBeside (address: usize, lanes: Lanes, tile: usize): void {
  let from = address + (lanes.o0 << 2)
  const end = tile + (<usize>lanes.length << 4)
  for (; tile < end; tile += 16, from += lanes.stride << 2) v128.store(tile, v128.load(from))
}

function storeBeside (address: usize, lanes: Lanes, tile: usize): void {
  let to = address + (lanes.o0 << 2)
  const end = tile + (<usize>lanes.length << 4)
  for (; tile < end; tile += 16, to += lanes.stride << 2) v128.store(to, v128.load(tile))
}

/** Where the last vector of a row starts that does not reach beyond it: it may repeat what the one before had. */
// @ts-ignore: decorator
@inline function within (c: u32, length: u32): usize { return <usize>min<u32>(c, length - 4) }

function loadAlong (address: usize, lanes: Lanes, tile: usize): void {
  const p0 = address + (lanes.o0 << 2); const p1 = address + (lanes.o1 << 2)
  const p2 = address + (lanes.o2 << 2); const p3 = address + (lanes.o3 << 2)
  for (let c: u32 = 0; c < lanes.length; c += 4) {
    const from = within(c, lanes.length)
    const at = from << 2
    transpose(v128.load(p0 + at), v128.load(p1 + at), v128.load(p2 + at), v128.load(p3 + at), tile + (from << 4))
  }
}

/** Four vectors, one of each row, to four vectors, one of each class. */
// @ts-ignore: decorator
@inline function transpose (a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5)
  const AB = i32x4.shuffle(a, b, 2, 6, 3, 7)
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5)
  const CD = i32x4.shuffle(c, d, 2, 6, 3, 7)
  v128.store(to, i64x2.shuffle(ab, cd, 0, 2))
  v128.store(to, i64x2.shuffle(ab, cd, 1, 3), 16)
  v128.store(to, i64x2.shuffle(AB, CD, 0, 2), 32)
  v128.store(to, i64x2.shuffle(AB, CD, 1, 3), 48)
}

function storeAlong (address: usize, lanes: Lanes, tile: usize): void {
  const p0 = address + (lanes.o0 << 2); const p1 = address + (lanes.o1 << 2)
  const p2 = address + (lanes.o2 << 2); const p3 = address + (lanes.o3 << 2)
  for (let c: u32 = 0; c < lanes.length; c += 4) {
    const to = within(c, lanes.length)
    const at = to << 2
    const from = tile + (to << 4)
    const a = v128.load(from); const b = v128.load(from, 16); const d = v128.load(from, 32); const e = v128.load(from, 48)
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5)
    const AB = i32x4.shuffle(a, b, 2, 6, 3, 7)
    const de = i32x4.shuffle(d, e, 0, 4, 1, 5)
    const DE = i32x4.shuffle(d, e, 2, 6, 3, 7)
    v128.store(p0 + at, i64x2.shuffle(ab, de, 0, 2))
    v128.store(p1 + at, i64x2.shuffle(ab, de, 1, 3))
    v128.store(p2 + at, i64x2.shuffle(AB, DE, 0, 2))
    v128.store(p3 + at, i64x2.shuffle(AB, DE, 1, 3))
  }
}
