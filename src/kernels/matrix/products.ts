// S: dot products or squared distances of rows and columns, four rows by two columns at a time. Every entry is one sum
// in two lanes, so that S_ij and S_ji of the same vectors are the same bits, wherever they stand in a tile.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_TO } from '../layout'
import { DISTANCES } from './layout'
import { Matrix, matrixOf, similarities } from './matrix'
import { spanOf } from './vectors'

/** Columns that stay in the cache while a block's rows pass. */
const TILE: u32 = 32

/** Fills the part's rows of S. */
export function products<T extends number> (call: usize): void {
  const m = matrixOf<T>(call)
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const end = min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size)
    for (let j: u32 = 0; j < m.columns; j += TILE) fill(m, b * size, end, j, min<u32>(m.columns, j + TILE))
  }
}

/** Rows [start, end) of columns [from, to). */
function fill (m: Matrix, start: u32, end: u32, from: u32, to: u32): void {
  const squared = (m.flags & DISTANCES) != 0
  const rows = start + ((end - start) & ~3)
  const columns = from + ((to - from) & ~1)
  for (let i = start; i < rows; i += 4) {
    for (let j = from; j < columns; j += 2) {
      if (squared) tile(m, i, j, true)
      else tile(m, i, j, false)
    }
  }
  for (let i = start; i < end; i++) {
    for (let j = i < rows ? columns : from; j < to; j++) single(m, i, j, squared)
  }
}

/** a + x·y, or a + (x − y)². */
// @ts-ignore: decorator
@inline function term (a: v128, x: v128, y: v128, squared: bool): v128 {
  const difference = squared ? f64x2.sub(x, y) : x
  return f64x2.add(a, f64x2.mul(difference, squared ? difference : y))
}

/** (Σa, Σb) of float64 lanes. */
// @ts-ignore: decorator
@inline function sums (a: v128, b: v128): v128 {
  return f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3))
}

/** Four rows from `i` on by two columns from `j` on. */
// @ts-ignore: decorator
@inline function tile (m: Matrix, i: u32, j: u32, squared: bool): void {
  const pitch = m.pitch
  let a0 = f64x2.splat(0); let b0 = a0; let c0 = a0; let d0 = a0
  let a1 = a0; let b1 = a0; let c1 = a0; let d1 = a0
  let x = m.a + <usize>i * pitch
  let y = m.b + <usize>j * pitch
  for (const end = x + spanOf(m); x < end; x += 16, y += 16) {
    const y0 = v128.load(y)
    const y1 = v128.load(y + pitch)
    const a = v128.load(x)
    a0 = term(a0, a, y0, squared); a1 = term(a1, a, y1, squared)
    const b = v128.load(x + pitch)
    b0 = term(b0, b, y0, squared); b1 = term(b1, b, y1, squared)
    const c = v128.load(x + 2 * pitch)
    c0 = term(c0, c, y0, squared); c1 = term(c1, c, y1, squared)
    const d = v128.load(x + 3 * pitch)
    d0 = term(d0, d, y0, squared); d1 = term(d1, d, y1, squared)
  }
  const to = similarities(m, i) + (<usize>j << 3)
  v128.store(to, sums(a0, a1))
  v128.store(to + m.width, sums(b0, b1))
  v128.store(to + 2 * m.width, sums(c0, c1))
  v128.store(to + 3 * m.width, sums(d0, d1))
}

/** The entry of row `i` and column `j`. */
function single (m: Matrix, i: u32, j: u32, squared: bool): void {
  let a = f64x2.splat(0)
  let x = m.a + <usize>i * m.pitch
  let y = m.b + <usize>j * m.pitch
  for (const end = x + spanOf(m); x < end; x += 16, y += 16) a = term(a, v128.load(x), v128.load(y), squared)
  store<f64>(similarities(m, i) + (<usize>j << 3), f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1))
}
