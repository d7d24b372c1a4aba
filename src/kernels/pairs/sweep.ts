// A stage over rows of Z: where everything lies, and which row is what.
import { CALL_BLOCK, CALL_COUNT, CALL_OPTIONS, CALL_SCRATCH, CALL_WORK } from '../layout'
import { extentOf } from '../operand'
import {
  ALL_ANCHORS, BASE, COLUMNS, FIRST, FLAGS, GRADIENTS, KEYS, LENGTH, LINE, LIST_SIZE, OWN_COLUMNS, PAIRS, PAIRS_ROWS, PAIRS_TILE,
  PANEL, ROWS, SWEEP_SIZE, TRANSPOSED
} from './layout'

/** The options that all losses of the family start with. */
@unmanaged class Options {
  temperature: f64
  normalize: f64
}

/** Bytes from a panel of a tile of float64 in scratch to the next. */
export const TILE_PITCH: usize = <usize>PAIRS_TILE * 8 * PANEL

/** Bytes of a block's tile. */
const TILES: usize = <usize>PAIRS_ROWS / PANEL * TILE_PITCH

/** A stage, worked out from its Call; it lies at the start of the part's scratch. */
@final @unmanaged export class Sweep {
  call: usize
  pairs: u32
  keys: u32
  /** Rows of Z, and the length of one. */
  rows: u32
  length: u32
  /** The block's first row of Z, and how many there are. */
  row: u32
  count: u32
  /** Row of Z that is the first column, and how many there are. */
  base: u32
  columns: u32
  first: u32
  flags: u32
  /** Whether products are in float32: see precision.ts. */
  isNarrow: bool
  /** Bytes of a panel of Z as float64; where they start, and bytes from one to the next; the same as float32. */
  span: usize
  wide: usize
  widePitch: usize
  narrow: usize
  narrowPitch: usize
  /** Zᵀ. */
  across: usize
  /** By row of Z: see Statistics in contrast.ts. */
  maxima: usize
  factors: usize
  positives: usize
  losses: usize
  norms: usize
  /** Similarities that were kept, and the bytes from a panel of them to the next. */
  kept: usize
  keptPitch: usize
  /** Bytes from a panel of the tile in hand to the next; whether it has been computed in float64. */
  tilePitch: usize
  isExact: bool
  /** Similarities of it that may still be computed again one by one. */
  left: i32
  /** Tiles in scratch, a list of lines for every panel, and a row of sums for every row of the block. */
  tile: usize
  lists: usize
  weights: usize
  sums: usize
  temperature: f64
  normalize: f64
  /** Similarities less than this below a row's greatest are computed in float64. */
  window: f64
}

/** `count` as whole multiples of `unit`. */
// @ts-ignore: decorator
@inline function whole (count: u32, unit: u32): usize { return <usize>((count + unit - 1) / unit * unit) }

/** The stage of `call`; T is the precision. */
export function sweepOf<T extends number> (call: usize): Sweep {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const s = changetype<Sweep>(scratch)
  const options = changetype<Options>(call + CALL_OPTIONS)
  s.call = call
  s.pairs = extentOf(call, PAIRS)
  s.keys = extentOf(call, KEYS)
  s.rows = extentOf(call, ROWS)
  s.length = extentOf(call, LENGTH)
  s.first = extentOf(call, FIRST)
  s.columns = extentOf(call, COLUMNS)
  s.flags = extentOf(call, FLAGS)
  s.isNarrow = false
  s.temperature = options.temperature
  s.normalize = options.normalize
  s.tile = scratch + SWEEP_SIZE
  s.weights = s.tile + TILES
  s.lists = s.weights + TILES
  s.sums = s.lists + PAIRS_ROWS / PANEL * LIST_SIZE
  placeWork<T>(s)
  return s
}

/** Addresses within the shared work area. A line between panels keeps them off the same places of the cache. */
function placeWork<T extends number> (s: Sweep): void {
  const statistics = whole(s.rows + PANEL, LINE) << 3
  const panels = whole(s.rows, PANEL) / PANEL
  s.maxima = <usize>load<u32>(s.call, CALL_WORK)
  s.factors = s.maxima + statistics
  s.positives = s.factors + statistics
  s.losses = s.positives + statistics
  s.norms = s.losses + statistics
  s.span = whole(s.length, LINE) * 8 * PANEL
  s.widePitch = s.span + 64
  s.narrowPitch = (s.span >> 1) + 64
  s.wide = s.norms + statistics
  s.narrow = s.wide + panels * s.widePitch
  s.across = s.narrow + (sizeof<T>() == 4 ? panels * s.narrowPitch : 0)
  s.kept = s.across + ((s.flags & GRADIENTS) != 0 ? whole(s.length, LINE) / PANEL * acrossPitch<f64>(s) : 0)
  s.keptPitch = whole((s.flags & TRANSPOSED) != 0 ? load<u32>(s.call, CALL_COUNT) : s.columns, PANEL) * 8 * PANEL + 64
}

/** Bytes from a panel of Zᵀ in N to the next. */
// @ts-ignore: decorator
@inline export function acrossPitch<N extends number> (s: Sweep): usize {
  return whole(s.rows, PANEL) * sizeof<N>() * PANEL + 64
}

/** Moves on to block `b`. */
export function moveTo (s: Sweep, b: u32): void {
  const size = load<u32>(s.call, CALL_BLOCK)
  const start = b * size
  s.row = s.first + start
  s.count = min<u32>(size, load<u32>(s.call, CALL_COUNT) - start)
  s.base = extentOf(s.call, BASE) + (isOwn(s) ? start * s.columns : 0)
}

/** The panel of row `z` in N. */
// @ts-ignore: decorator
@inline export function panelAt<N extends number> (s: Sweep, z: u32): usize {
  return sizeof<N>() == 4 ? s.narrow + <usize>(z >> 2) * s.narrowPitch : s.wide + <usize>(z >> 2) * s.widePitch
}

/** Where row `z` starts within its panel. */
// @ts-ignore: decorator
@inline export function placeIn (z: u32): usize { return <usize>(z & 3) << 4 }

/** Row `z` as float64. */
// @ts-ignore: decorator
@inline export function rowAt (s: Sweep, z: u32): usize { return panelAt<f64>(s, z) + placeIn(z) }

/** The statistic of row `z` in one of the Sweep's lists. */
// @ts-ignore: decorator
@inline export function statistic (list: usize, z: u32): usize { return list + (<usize>z << 3) }

/** Panels that hold the block's rows. */
// @ts-ignore: decorator
@inline export function panelsOf (s: Sweep): usize { return whole(s.count, PANEL) / PANEL }

/** Whether every row has columns of its own; a block is then one row. */
// @ts-ignore: decorator
@inline export function isOwn (s: Sweep): bool { return (s.flags & OWN_COLUMNS) != 0 }

/** Whether row `z` is a query. */
// @ts-ignore: decorator
@inline export function isQuery (s: Sweep, z: u32): bool { return z < s.pairs }

/** Whether row `z` is a key; what wraps around is none. */
// @ts-ignore: decorator
@inline export function isKey (s: Sweep, z: u32): bool { return z - s.keys < s.pairs }

/** Whether row `z` has a positive. */
// @ts-ignore: decorator
@inline export function isPaired (s: Sweep, z: u32): bool { return isQuery(s, z) || isKey(s, z) }

/** Whether row `z` has a loss of its own. */
// @ts-ignore: decorator
@inline export function isAnchor (s: Sweep, z: u32): bool {
  return isQuery(s, z) || ((s.flags & ALL_ANCHORS) != 0 && isKey(s, z))
}

/** The row that is the positive of query or key `z`. */
// @ts-ignore: decorator
@inline export function pairOf (s: Sweep, z: u32): u32 { return isQuery(s, z) ? z + s.keys : z - s.keys }

/** Columns of the tile that starts at column `from`. */
// @ts-ignore: decorator
@inline export function widthAt (s: Sweep, from: u32): u32 { return min<u32>(PAIRS_TILE, s.columns - from) }
