// ∂Σgℓ/∂z = Σ_c W_zc·z_c/τ, where W_zc adds what row z has as an anchor, w_z·g_z·(P_zc − [c is positive]), and what row
// c has as one, w_c·g_c·(P_cz − [z is positive]), each where it is an anchor. P comes back from S and the statistics
// that contrast.ts left; the positive's weight stands there exactly, so tiles leave it out.
import { CALL_FROM, CALL_SCALE, CALL_TO } from '../layout'
import { gradientOf, storePair, storeSingle } from '../operand'
import { LIST_SIZE, PAIRS_TILE, PANEL } from './layout'
import { choosePrecision } from './precision'
import { EPSILON, offsetIn, operandOf } from './prepare'
import { addListed, addProducts } from './products'
import { addMultiple, dot, multiple } from './rows'
import { entryOf } from './similarities'
import {
  acrossPitch, isAnchor, isOwn, isPaired, moveTo, pairOf, panelsOf, placeIn, rowAt, statistic, sweepOf, widthAt, Sweep
} from './sweep'
import { weigh, weightPitch } from './weights'

/** Gradients of the part's rows. */
export function gradient<T extends number> (call: usize): void {
  const s = sweepOf<T>(call)
  if (sizeof<T>() == 4) choosePrecision(s)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    moveTo(s, b)
    if (!isWanted(s)) continue
    memory.fill(s.sums, 0, panelsOf(s) * s.span)
    for (let r: u32 = 0; r < s.count; r++) begin(s, r)
    for (let from: u32 = 0; from < s.columns; from += PAIRS_TILE) {
      if (isOwn(s)) addOwn(s, from)
      else if (sizeof<T>() == 4 && s.isNarrow) addTile<f32>(s, from)
      else addTile<f64>(s, from)
    }
    for (let r: u32 = 0; r < s.count; r++) finish<T>(s, s.row + r, sumsOf(s, r))
  }
}

/** Gradients of columns that belong to one row each: ∂Σgℓ/∂n_rc = W_rc·z_r/τ. */
export function outerGradient<T extends number> (call: usize): void {
  const s = sweepOf<T>(call)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    moveTo(s, b)
    for (let from: u32 = 0; from < s.columns; from += PAIRS_TILE) {
      weigh<f64>(s, from)
      for (let c: u32 = 0; c < widthAt(s, from); c++) {
        multiple(load<f64>(entryOf(s.weights, c)), rowAt(s, s.row), s.span, s.sums)
        finish<T>(s, s.base + from + c, s.sums)
      }
    }
  }
}

/** Whether anybody asked for the gradient of the block's first or last row. */
function isWanted (s: Sweep): bool {
  return gradientOf(operandOf(s, s.row)) != 0 || gradientOf(operandOf(s, s.row + s.count - 1)) != 0
}

/** Row `r` of the block's sums, which are panels of float64. */
// @ts-ignore: decorator
@inline function sumsOf (s: Sweep, r: u32): usize { return s.sums + <usize>(r >> 2) * s.span + placeIn(r) }

/** The positive's part of the sum. */
function begin (s: Sweep, r: u32): void {
  const z = s.row + r
  if (!isPaired(s, z)) return
  const pair = pairOf(s, z)
  const own = isAnchor(s, z) ? load<f64>(statistic(s.positives, z)) : 0
  const other = isAnchor(s, pair) ? load<f64>(statistic(s.positives, pair)) : 0
  multiple(own + other, rowAt(s, pair), s.span, sumsOf(s, r))
}

/** Adds the columns of one tile: W Z, as dot products with rows of Zᵀ. */
function addTile<N extends number> (s: Sweep, from: u32): void {
  weigh<N>(s, from)
  const bytes = (<usize>(widthAt(s, from) + 3) >> 2) * 16 * sizeof<N>()
  const columns = s.across + <usize>(s.base + from) * sizeof<N>() * PANEL
  const panels = panelsOf(s)
  if (sizeof<N>() == 4) for (let p: usize = 0; p < panels; p++) list(s.weights + p * weightPitch<N>(), bytes, s.lists + p * LIST_SIZE)
  for (let d: usize = 0; d < <usize>s.length; d += 2) {
    const y = columns + (d >> 2) * acrossPitch<N>(s) + ((d & 2) << 4)
    for (let p: usize = 0; p < panels; p++) {
      const x = s.weights + p * weightPitch<N>()
      const to = s.sums + p * s.span + (d << 5)
      const lines = s.lists + p * LIST_SIZE
      const end: usize = sizeof<N>() == 4 ? load<u32>(lines) : 0
      if (sizeof<N>() == 4 && end != 0) addListed<N>(x, y, lines + 4, end, to)
      else addProducts<N>(x, y, x + bytes, to)
    }
  }
}

/** Lists the lines of a panel of float32 weights that are not all 0, behind the list's end, which is 0 if most are not. */
function list (x: usize, bytes: usize, to: usize): void {
  let end = to + 4
  for (let at: usize = 0; at < bytes; at += 64) {
    const ab = v128.or(v128.load(x + at), v128.load(x + at, 16))
    const cd = v128.or(v128.load(x + at, 32), v128.load(x + at, 48))
    if (!v128.any_true(i32x4.shl(v128.or(ab, cd), 1))) continue
    store<u32>(end, <u32>at)
    end += 4
  }
  store<u32>(to, (end - to) * 20 < bytes ? <u32>end : 0)
}

/** Adds columns that belong to the block's one row. */
function addOwn (s: Sweep, from: u32): void {
  weigh<f64>(s, from)
  for (let c: u32 = 0; c < widthAt(s, from); c++) {
    addMultiple(load<f64>(entryOf(s.weights, c)), rowAt(s, s.base + from + c), s.span, s.sums)
  }
}

/** Takes the sums at `sums` back through the norm of row `z` and writes them, scaled, to its operand's gradient. */
function finish<T extends number> (s: Sweep, z: u32, sums: usize): void {
  const address = gradientOf(operandOf(s, z))
  if (address == 0) return
  if (s.normalize != 0) throughNorm(load<f64>(statistic(s.norms, z)), sums, rowAt(s, z), s.span)
  const scale = load<f64>(s.call, CALL_SCALE) / s.temperature
  // Nothing reads this row when there are no losses; a mean's scale is then infinite.
  const factor = f64x2.splat(s.columns == 0 && !isPaired(s, z) ? 0 : scale)
  const to = address + offsetIn(s, z) * sizeof<T>()
  let d: u32 = 0
  for (; d + 2 <= s.length; d += 2, sums += 64) storePair<T>(to, d, f64x2.mul(v128.load(sums), factor))
  if (d < s.length) storeSingle<T>(to, d, f64x2.mul(v128.load64_splat(sums), factor))
}

/** With u = v/max(‖v‖, eps): g becomes (g − u·Σgu)/‖v‖, or g/eps where the norm is less than eps. */
function throughNorm (norm: f64, g: usize, u: usize, span: usize): void {
  const along = f64x2.splat(norm >= EPSILON ? dot(g, u, span) : 0)
  const divisor = f64x2.splat(norm >= EPSILON ? norm : EPSILON)
  for (let at: usize = 0; at < span; at += 64) {
    const across = f64x2.sub(v128.load(g + at), f64x2.mul(along, v128.load(u + at)))
    v128.store(g + at, f64x2.div(across, divisor))
  }
}
