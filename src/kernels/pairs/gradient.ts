// ∂Σgℓ/∂z = Σ_c W_zc·z_c/τ, where W_zc adds what row z has as an anchor, w_z·g_z·(P_zc − [c is positive]), and what row
// c has as one, w_c·g_c·(P_cz − [z is positive]), each where it is an anchor. P comes back from S and the statistics
// that contrast.ts left; the positive's weight stands there exactly, so tiles leave it out.
import { CALL_FROM, CALL_SCALE, CALL_TO } from '../layout'
import { gradientOf, storeSingle } from '../operand'
import { exp } from '../functions'
import { LENGTH, PAIRS_TILE } from './layout'
import { EPSILON, offsetIn, operandOf } from './prepare'
import { addWeighted, dot, multiple } from './rows'
import {
  extent, isPaired, moveTo, pairOf, rowAt, similarities, statistic, sweepOf, TILE_PITCH, tilePitch, widthAt, Sweep
} from './sweep'

/** Gradients of the part's rows. */
export function gradient<T extends number> (call: usize): void {
  const s = sweepOf(call)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    moveTo(s, b)
    if (!isWanted(s)) continue
    for (let r: u32 = 0; r < s.count; r++) begin(s, r)
    for (let from: u32 = 0; from < s.columns; from += PAIRS_TILE) addTile(s, from)
    for (let r: u32 = 0; r < s.count; r++) finish<T>(s, s.row + r, sumsOf(s, r))
  }
}

/** Gradients of columns that belong to one row each: ∂Σgℓ/∂n_rc = W_rc·z_r/τ. */
export function outerGradient<T extends number> (call: usize): void {
  const s = sweepOf(call)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    moveTo(s, b)
    for (let from: u32 = 0; from < s.columns; from += PAIRS_TILE) {
      weigh(s, from)
      for (let c: u32 = 0; c < widthAt(s, from); c++) {
        multiple(load<f64>(s.weights + (<usize>c << 3)), rowAt(s, s.row), s.bytes, s.sums)
        finish<T>(s, s.base + from + c, s.sums)
      }
    }
  }
}

/** Whether anybody asked for the gradient of the block's first or last row. */
function isWanted (s: Sweep): bool {
  return gradientOf(operandOf(s, s.row)) != 0 || gradientOf(operandOf(s, s.row + s.count - 1)) != 0
}

/** Row `r` of the block's sums. */
// @ts-ignore: decorator
@inline function sumsOf (s: Sweep, r: u32): usize { return s.sums + <usize>r * s.bytes }

/** The positive's part of the sum. */
function begin (s: Sweep, r: u32): void {
  const z = s.row + r
  const sums = sumsOf(s, r)
  if (!isPaired(s, z)) return memory.fill(sums, 0, s.bytes)
  const pair = pairOf(s, z)
  const own = z < s.anchors ? load<f64>(statistic(s.positives, z)) : 0
  const other = pair < s.anchors ? load<f64>(statistic(s.positives, pair)) : 0
  multiple(own + other, rowAt(s, pair), s.bytes, sums)
}

/** Adds the columns of one tile. */
function addTile (s: Sweep, from: u32): void {
  weigh(s, from)
  const width = widthAt(s, from)
  const column = rowAt(s, s.base + from)
  for (let chunk: usize = 0; chunk < s.bytes; chunk += 64) {
    for (let r: u32 = 0; r < s.count; r += 2) {
      const weights = s.weights + <usize>r * TILE_PITCH
      addWeighted(weights, TILE_PITCH, column + chunk, s.pitch, width, sumsOf(s, r) + chunk, s.bytes)
    }
  }
}

/** W for the tile from column `from` on. */
function weigh (s: Sweep, from: u32): void {
  const tile = similarities(s, from)
  const width = widthAt(s, from)
  for (let r: u32 = 0; r < s.count; r++) {
    const line = tile + <usize>r * tilePitch(s)
    const to = s.weights + <usize>r * TILE_PITCH
    const z = s.row + r
    const isAnchor = z < s.anchors
    if (isAnchor) weighOwn(line, width, load<f64>(statistic(s.maxima, z)), load<f64>(statistic(s.factors, z)), to)
    if (s.base < s.anchors) weighOthers(s, line, width, s.base + from, isAnchor, to)
  }
}

/** W of an anchor: one maximum and factor for all its columns. */
function weighOwn (line: usize, width: u32, maximum: f64, factor: f64, to: usize): void {
  const m = f64x2.splat(maximum)
  const f = f64x2.splat(factor)
  const bytes = <usize>width << 3
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, f64x2.mul(f, exp(f64x2.sub(v128.load(line + at), m))))
  }
}

/** W of columns that are anchors: each has its maximum and factor; added to what is there, or instead of it. */
function weighOthers (s: Sweep, line: usize, width: u32, first: u32, adds: bool, to: usize): void {
  const maxima = statistic(s.maxima, first)
  const factors = statistic(s.factors, first)
  const bytes = <usize>width << 3
  for (let at: usize = 0; at < bytes; at += 16) {
    const exponential = exp(f64x2.sub(v128.load(line + at), v128.load(maxima + at)))
    const weight = f64x2.mul(v128.load(factors + at), exponential)
    v128.store(to + at, adds ? f64x2.add(v128.load(to + at), weight) : weight)
  }
}

/** Takes the sums at `sums` back through the norm of row `z` and writes them, scaled, to its operand's gradient. */
function finish<T extends number> (s: Sweep, z: u32, sums: usize): void {
  const address = gradientOf(operandOf(s, z))
  if (address == 0) return
  if (s.normalize != 0) throughNorm(sums, rowAt(s, z), s.bytes)
  const scale = load<f64>(s.call, CALL_SCALE) / s.temperature
  // Nothing reads this row when there are no losses; a mean's scale is then infinite.
  const factor = f64x2.splat(s.columns == 0 && !isPaired(s, z) ? 0 : scale)
  const to = address + offsetIn(s, z) * sizeof<T>()
  const length = extent(s.call, LENGTH)
  for (let d: u32 = 0; d < length; d++) {
    storeSingle<T>(to, d, f64x2.mul(v128.load64_splat(sums + (<usize>d << 3)), factor))
  }
}

/** With u = v/max(‖v‖, eps): g becomes (g − u·Σgu)/‖v‖, or g/eps where the norm is less than eps. */
function throughNorm (g: usize, u: usize, bytes: usize): void {
  const norm = load<f64>(u - 64)
  const along = f64x2.splat(norm >= EPSILON ? dot(g, u, bytes) : 0)
  const divisor = f64x2.splat(norm >= EPSILON ? norm : EPSILON)
  for (let at: usize = 0; at < bytes; at += 16) {
    const across = f64x2.sub(v128.load(g + at), f64x2.mul(along, v128.load(u + at)))
    v128.store(g + at, f64x2.div(across, divisor))
  }
}
