// A stage over rows of Z: where everything lies, and the similarities of a few rows with a tile of columns.
import {
  CALL_BLOCK, CALL_COUNT, CALL_EXTENTS, CALL_OPTIONS, CALL_SCRATCH, CALL_WORK
} from '../layout'
import {
  ANCHORS, BASE, COLUMNS, FIRST, FLAGS, KEEP, KEPT, LENGTH, LINE, MASK_SELF, OWN_COLUMNS, PAIRS, PAIRS_ROWS, PAIRS_TILE,
  ROWS, STATISTICS_SLACK, SWEEP_SIZE, TRANSPOSED
} from './layout'
import { dot, dots } from './rows'

/** The options that all losses of the family start with. */
@unmanaged class Options {
  temperature: f64
  normalize: f64
}

/** Bytes from a row of a tile to the next. */
export const TILE_PITCH: usize = <usize>PAIRS_TILE * 8

/** A stage, worked out from its Call; it lies at the start of the part's scratch. */
@final @unmanaged export class Sweep {
  call: usize
  pairs: u32
  anchors: u32
  /** The block's first row of Z, and how many there are. */
  row: u32
  count: u32
  /** Row of Z that is the first column, and how many there are. */
  base: u32
  columns: u32
  first: u32
  flags: u32
  /** Bytes of a row without its head; bytes from a row to the next; the first row's elements. */
  bytes: usize
  pitch: usize
  z: usize
  /** By row of Z: see Statistics in contrast.ts. */
  maxima: usize
  factors: usize
  positives: usize
  losses: usize
  /** Similarities that were kept, and the bytes of a row of them. */
  kept: usize
  keptPitch: usize
  /** Tiles in scratch, and a row of sums for every row of the block. */
  tile: usize
  weights: usize
  sums: usize
  temperature: f64
  normalize: f64
}

// @ts-ignore: decorator
@inline export function extent (call: usize, k: u32): u32 { return load<u32>(call + CALL_EXTENTS + (k << 2)) }

/** `count` float64 as whole lines, in bytes. */
// @ts-ignore: decorator
@inline function lines (count: u32): usize { return (<usize>count + LINE - 1) / LINE * (LINE * 8) }

/** An odd number of lines: rows at a power of two would share a few places of the cache. */
// @ts-ignore: decorator
@inline function oddLines (bytes: usize): usize { return bytes | 64 }

/** The stage of `call`. */
export function sweepOf (call: usize): Sweep {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const s = changetype<Sweep>(scratch)
  const options = changetype<Options>(call + CALL_OPTIONS)
  s.call = call
  s.pairs = extent(call, PAIRS)
  s.anchors = extent(call, ANCHORS)
  s.first = extent(call, FIRST)
  s.columns = extent(call, COLUMNS)
  s.flags = extent(call, FLAGS)
  s.temperature = options.temperature
  s.normalize = options.normalize
  s.tile = scratch + SWEEP_SIZE
  s.weights = s.tile + <usize>PAIRS_ROWS * TILE_PITCH
  s.sums = s.weights + <usize>PAIRS_ROWS * TILE_PITCH
  placeWork(s)
  return s
}

/** Addresses within the shared work area. */
function placeWork (s: Sweep): void {
  const statistics = lines(2 * s.pairs + STATISTICS_SLACK)
  s.maxima = <usize>load<u32>(s.call, CALL_WORK)
  s.factors = s.maxima + statistics
  s.positives = s.factors + statistics
  s.losses = s.positives + statistics
  s.bytes = lines(extent(s.call, LENGTH))
  s.pitch = oddLines(s.bytes + 64)
  s.z = s.losses + statistics + 64
  s.kept = s.z - 64 + <usize>extent(s.call, ROWS) * s.pitch
  s.keptPitch = oddLines(lines((s.flags & TRANSPOSED) != 0 ? load<u32>(s.call, CALL_COUNT) : s.columns))
}

/** Moves on to block `b`. */
export function moveTo (s: Sweep, b: u32): void {
  const size = load<u32>(s.call, CALL_BLOCK)
  const start = b * size
  s.row = s.first + start
  s.count = min<u32>(size, load<u32>(s.call, CALL_COUNT) - start)
  s.base = extent(s.call, BASE) + ((s.flags & OWN_COLUMNS) != 0 ? start * s.columns : 0)
}

/** Elements of row `z`; its norm lies a line before them. */
// @ts-ignore: decorator
@inline export function rowAt (s: Sweep, z: u32): usize { return s.z + <usize>z * s.pitch }

/** The statistic of row `z` in one of the Sweep's lists. */
// @ts-ignore: decorator
@inline export function statistic (list: usize, z: u32): usize { return list + (<usize>z << 3) }

/** Whether row `z` has a positive. */
// @ts-ignore: decorator
@inline export function isPaired (s: Sweep, z: u32): bool { return z < 2 * s.pairs }

/** The row that is the positive of query or key `z`. */
// @ts-ignore: decorator
@inline export function pairOf (s: Sweep, z: u32): u32 { return z < s.pairs ? z + s.pairs : z - s.pairs }

/** Similarity of rows `z` and `other`, with the bits that it has in a tile. */
export function similarity (s: Sweep, z: u32, other: u32): f64 {
  return dot(rowAt(s, z), rowAt(s, other), s.bytes) / s.temperature
}

/** Columns of the tile that starts at column `from`. */
// @ts-ignore: decorator
@inline export function widthAt (s: Sweep, from: u32): u32 { return min<u32>(PAIRS_TILE, s.columns - from) }

/** Bytes from a row of the tile that `similarities` gives to the next. */
// @ts-ignore: decorator
@inline export function tilePitch (s: Sweep): usize {
  return (s.flags & KEEP) != 0 || (s.flags & (KEPT | TRANSPOSED)) == KEPT ? s.keptPitch : TILE_PITCH
}

/**
 * Similarities of the block's rows with the columns from `from` on: −∞ at each row's positive, at the row itself where
 * that is masked, and behind the last column up to a multiple of four.
 */
export function similarities (s: Sweep, from: u32): usize {
  const kept = s.kept + <usize>(s.row - s.first) * s.keptPitch + (<usize>from << 3)
  if ((s.flags & TRANSPOSED) != 0) return transposed(s, from)
  if ((s.flags & KEPT) != 0) return kept
  const tile = (s.flags & KEEP) != 0 ? kept : s.tile
  multiply(s, from, tile)
  for (let r: u32 = 0; r < s.count; r++) mask(s, s.row + r, from, tile + <usize>r * tilePitch(s))
  return tile
}

/** Z Zᵀ/τ for the block's rows and the tile's columns. */
function multiply (s: Sweep, from: u32, tile: usize): void {
  const divisor = f64x2.splat(s.temperature)
  const pitch = tilePitch(s)
  const width = widthAt(s, from)
  for (let c: u32 = 0; c < width; c += 4) {
    const column = rowAt(s, s.base + from + c)
    for (let r: u32 = 0; r < s.count; r += 2) {
      dots(rowAt(s, s.row + r), column, s.pitch, s.bytes, divisor, tile + <usize>r * pitch + (<usize>c << 3), pitch)
    }
  }
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
  if (c < width) store<f64>(line + (<usize>c << 3), -Infinity)
}

/** −∞ from column `width` up to a multiple of four. */
function pad (line: usize, width: u32): void {
  for (let c = width; (c & 3) != 0; c++) store<f64>(line + (<usize>c << 3), -Infinity)
}

/** Copies a tile from similarities that were kept the other way round. */
function transposed (s: Sweep, from: u32): usize {
  const width = widthAt(s, from)
  const kept = s.kept + (<usize>(s.row - s.first) << 3)
  for (let c: u32 = 0; c < width; c++) {
    const line = kept + <usize>(from + c) * s.keptPitch
    const to = s.tile + (<usize>c << 3)
    for (let r: u32 = 0; r < s.count; r++) store<f64>(to + <usize>r * TILE_PITCH, load<f64>(line + (<usize>r << 3)))
  }
  for (let r: u32 = 0; r < s.count; r++) pad(s.tile + <usize>r * TILE_PITCH, width)
  return s.tile
}
