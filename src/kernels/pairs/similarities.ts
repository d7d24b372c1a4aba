// Similarities of a block's rows with a tile of columns: panels of float64, two columns to a piece.
import { KEEP, KEPT, MASK_SELF, PANEL, TRANSPOSED } from './layout'
import { addProducts } from './products'
import { dot } from './rows'
import {
  isOwn, isPaired, pairOf, panelAt, panelsOf, placeIn, rowAt, Sweep, TILE_PITCH, widthAt
} from './sweep'

/** Bytes of a row's panel that are multiplied at once: float32 sums have 32 products in a lane. */
const RUN: usize = 2048

/** Similarity of rows `z` and `other` in float64. */
export function similarity (s: Sweep, z: u32, other: u32): f64 {
  return dot(rowAt(s, z), rowAt(s, other), s.span) * (1 / s.temperature)
}

/** Row `r` of the tile at `tile`. */
// @ts-ignore: decorator
@inline export function lineOf (s: Sweep, tile: usize, r: u32): usize {
  return tile + <usize>(r >> 2) * s.tilePitch + placeIn(r)
}

/** Column `c` of a row of a tile. */
// @ts-ignore: decorator
@inline export function entryOf (line: usize, c: u32): usize { return line + (<usize>(c >> 1) << 6) + (<usize>(c & 1) << 3) }

/**
 * Similarities of the block's rows with the columns from `from` on: −∞ at each row's positive, at the row itself where
 * that is masked, and behind the last column up to a multiple of four. They lie in scratch, or among those kept.
 */
export function similarities<N extends number> (s: Sweep, from: u32): usize {
  const kept = s.kept + <usize>((s.row - s.first) >> 2) * s.keptPitch + (<usize>from << 5)
  const keeps = (s.flags & (KEEP | KEPT)) != 0 && (s.flags & TRANSPOSED) == 0
  const tile = keeps ? kept : s.tile
  s.tilePitch = keeps ? s.keptPitch : TILE_PITCH
  s.isExact = sizeof<N>() == 8
  if ((s.flags & TRANSPOSED) != 0) transposed(s, from)
  else if ((s.flags & KEPT) == 0) compute<N>(s, from, tile)
  return tile
}

/** The tile at `tile` in scratch. */
export function copied (s: Sweep, from: u32, tile: usize): usize {
  if (tile == s.tile) return tile
  const bytes = <usize>((widthAt(s, from) + 3) >> 2) << 7
  for (let p: usize = 0; p < panelsOf(s); p++) memory.copy(s.tile + p * TILE_PITCH, tile + p * s.tilePitch, bytes)
  s.tilePitch = TILE_PITCH
  return s.tile
}

/** Z Zᵀ/τ for the block's rows and the tile's columns, masked. */
export function compute<N extends number> (s: Sweep, from: u32, tile: usize): void {
  if (isOwn(s)) single(s, from, tile)
  else multiply<N>(s, from, tile)
  for (let r: u32 = 0; r < s.count; r++) mask(s, s.row + r, from, lineOf(s, tile, r))
}

/** One row and columns of its own. */
function single (s: Sweep, from: u32, tile: usize): void {
  for (let c: u32 = 0; c < widthAt(s, from); c++) {
    store<f64>(entryOf(tile, c), similarity(s, s.row, s.base + from + c))
  }
}

function multiply<N extends number> (s: Sweep, from: u32, tile: usize): void {
  const panels = panelsOf(s)
  const width = widthAt(s, from)
  const bytes = <usize>((width + 1) >> 1) << 6
  const span = sizeof<N>() == 4 ? s.span >> 1 : s.span
  const pitch = s.tilePitch
  for (let p: usize = 0; p < panels; p++) memory.fill(tile + p * pitch, 0, bytes)
  for (let k: usize = 0; k < span; k += RUN) {
    const run = min<usize>(RUN, span - k)
    for (let c: u32 = 0; c < width; c += 2) {
      const y = panelAt<N>(s, s.base + from + c) + (<usize>(c & 2) << 4) + k
      const to = tile + (<usize>c << 5)
      for (let p: usize = 0; p < panels; p++) {
        const x = panelAt<N>(s, s.row + <u32>p * PANEL) + k
        addProducts<N>(x, y, x + run, to + p * pitch)
      }
    }
  }
  for (let p: usize = 0; p < panels; p++) multiple(tile + p * pitch, bytes, 1 / s.temperature)
}

/** Multiplies all float64 of `bytes` bytes. */
function multiple (at: usize, bytes: usize, factor: f64): void {
  const f = f64x2.splat(factor)
  for (const end = at + bytes; at < end; at += 16) v128.store(at, f64x2.mul(v128.load(at), f))
}

/** Takes out what row `z` is not compared with; `line` is its row of the tile. */
function mask (s: Sweep, z: u32, from: u32, line: usize): void {
  const width = widthAt(s, from)
  if (isPaired(s, z)) omit(line, pairOf(s, z) - s.base - from, width)
  if ((s.flags & MASK_SELF) != 0) omit(line, z - s.base - from, width)
  pad(line, width)
}

/** −∞ at column `c` of a tile, if it lies within; what lies before the tile has wrapped around to beyond it. */
// @ts-ignore: decorator
@inline function omit (line: usize, c: u32, width: u32): void {
  if (c < width) store<f64>(entryOf(line, c), -Infinity)
}

/** −∞ from column `width` up to a multiple of four. */
function pad (line: usize, width: u32): void {
  for (let c = width; (c & 3) != 0; c++) store<f64>(entryOf(line, c), -Infinity)
}

/** Copies a tile to scratch from similarities that were kept the other way round. */
function transposed (s: Sweep, from: u32): void {
  const width = widthAt(s, from)
  const kept = s.kept + (<usize>(s.row - s.first) << 5)
  for (let c: u32 = 0; c < width; c += 2) {
    const column = kept + <usize>((from + c) >> 2) * s.keptPitch + placeIn(c)
    for (let r: u32 = 0; r < s.count; r += 2) {
      const a = v128.load(column + (<usize>r << 5))
      const b = v128.load(column + (<usize>r << 5), 16)
      const to = lineOf(s, s.tile, r) + (<usize>c << 5)
      v128.store(to, v128.shuffle<f64>(a, b, 0, 2))
      v128.store(to, v128.shuffle<f64>(a, b, 1, 3), 16)
    }
  }
  for (let r: u32 = 0; r < s.count; r++) pad(lineOf(s, s.tile, r), width)
}
