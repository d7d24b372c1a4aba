// ℓ_z = log Σ_c exp S_zc − S_zp, p the positive of row z, tile by tile. The positive is left out of the sum: with r the
// greatest of the other similarities, R = Σ_{c≠p} exp(S_c − r) and m = max(r, S_p), it is
// (m − S_p) + log(exp(r − m)·R + exp(S_p − m)), and log1p(exp(r − m)·R) where the positive is the greatest: neither
// cancels, and both reach down to the least float64.
//
// Statistics of a row, for the gradients, with its upstream gradient g and its share w of the loss (½ of symmetric
// losses): maximum r, factor w·g·P_c/exp(S_c − r), the same for all c ≠ p, and positive w·g·(P_p − 1) = w·g·expm1(−ℓ).
// While tiles are added, factor holds R and positive holds S_p.
import {
  CALL_FROM, CALL_LOSS, CALL_PARTIALS, CALL_TO, PARTIAL_SIZE, PARTIAL_SUM, PARTIAL_WEIGHT
} from '../layout'
import { storeSingle } from '../operand'
import { pulledBy, sampleWeight, sourceOf } from '../shares'
import { scalarExp, scalarExpm1, scalarLog, scalarLog1p } from '../functions'
import { sumOfExp } from './exponentials'
import { ALL_ANCHORS, PAIRS_TILE } from './layout'
import { choosePrecision } from './precision'
import { beginRefining, refine } from './refine'
import { lineOf, similarities, similarity } from './similarities'
import { moveTo, pairOf, statistic, sweepOf, widthAt, Sweep } from './sweep'

/** Statistics of the part's rows. */
export function statistics<T extends number> (call: usize): void {
  const s = sweepOf<T>(call)
  if (sizeof<T>() == 4) choosePrecision(s)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) measure<T>(s, b)
}

/** Statistics of the part's rows, their losses and the blocks' sums. */
export function contrast<T extends number> (call: usize): void {
  const s = sweepOf<T>(call)
  if (sizeof<T>() == 4) choosePrecision(s)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    measure<T>(s, b)
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    total<T>(s, partial)
  }
}

/** Adds up the block's losses, which are written where they are wanted, and their weights. */
function total<T extends number> (s: Sweep, partial: usize): void {
  const out = <usize>load<u32>(s.call, CALL_LOSS)
  let sum: f64 = 0
  let weight: f64 = 0
  for (let r: u32 = 0; r < s.count; r++) {
    const own = sampleWeight<T>(s.call, s.row + r)
    const value = own * lossAt(s, s.row + r)
    sum += value
    weight += own
    if (out != 0) storeSingle<T>(out, sourceOf(s.call, s.row + r), f64x2.splat(value))
  }
  store<f64>(partial, sum, PARTIAL_SUM)
  store<f64>(partial, weight, PARTIAL_WEIGHT)
}

/** ℓ of row `z`; of a symmetric loss, half of what its query and its key add up to. */
function lossAt (s: Sweep, z: u32): f64 {
  const own = load<f64>(statistic(s.losses, z))
  return isSymmetric(s) ? 0.5 * (own + load<f64>(statistic(s.losses, pairOf(s, z)))) : own
}

/** Whether both rows of a pair are anchors of one loss: then columns lie on the other side. */
// @ts-ignore: decorator
@inline function isSymmetric (s: Sweep): bool { return (s.flags & ALL_ANCHORS) != 0 && s.columns == s.pairs }

/** Statistics of the rows of block `b`. */
function measure<T extends number> (s: Sweep, b: u32): void {
  moveTo(s, b)
  for (let r: u32 = 0; r < s.count; r++) begin(s, s.row + r)
  for (let from: u32 = 0; from < s.columns; from += PAIRS_TILE) {
    if (sizeof<T>() == 4 && s.isNarrow) addTile<f32>(s, from)
    else addTile<f64>(s, from)
  }
  for (let r: u32 = 0; r < s.count; r++) finish<T>(s, s.row + r)
}

/** The positive alone. */
function begin (s: Sweep, z: u32): void {
  store<f64>(statistic(s.maxima, z), -f64.MAX_VALUE)
  store<f64>(statistic(s.factors, z), 0)
  store<f64>(statistic(s.positives, z), similarity(s, z, pairOf(s, z)))
}

/** Adds the columns of one tile. */
function addTile<N extends number> (s: Sweep, from: u32): void {
  const tile = similarities<N>(s, from)
  if (sizeof<N>() == 4) beginRefining(s, from)
  for (let r: u32 = 0; r < s.count; r++) addLine<N>(s, r, from, tile)
}

/** Adds row `r` of the tile. */
function addLine<N extends number> (s: Sweep, r: u32, from: u32, tile: usize): void {
  const z = s.row + r
  const line = lineOf(s, tile, r)
  const width = widthAt(s, from)
  const before = load<f64>(statistic(s.maxima, z))
  let most = greatest(line, width)
  if (sizeof<N>() == 4 && s.window > 0 && most > before - s.window) {
    refine(s, r, from, tile, max<f64>(before, most) - s.window, false)
    most = greatest(line, width)
  }
  const maximum = max<f64>(before, most)
  let rest = load<f64>(statistic(s.factors, z))
  if (maximum != before) rest *= scalarExp(before - maximum)
  store<f64>(statistic(s.maxima, z), maximum)
  store<f64>(statistic(s.factors, z), rest + sumOfExp<N>(line, width, maximum))
}

/** The greatest of the similarities at `line`, NaN left out. */
function greatest (line: usize, width: u32): f64 {
  let most = f64x2.splat(-Infinity)
  const end = line + (<usize>width << 5)
  for (; line < end; line += 64) most = f64x2.pmax(most, v128.load(line))
  return max<f64>(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1))
}

/** Turns sums into the loss and the statistics. */
function finish<T extends number> (s: Sweep, z: u32): void {
  const positive = load<f64>(statistic(s.positives, z))
  const greatest = load<f64>(statistic(s.maxima, z))
  const maximum = max<f64>(greatest, positive)
  const scale = scalarExp(greatest - maximum)
  const rest = scale * load<f64>(statistic(s.factors, z))
  const gap = maximum - positive
  const own = scalarExp(-gap)
  const loss = gap + (own == 1 ? scalarLog1p(rest) : scalarLog(rest + own))
  const weight = upstreamOf<T>(s, z) * (isSymmetric(s) ? 0.5 : 1)
  store<f64>(statistic(s.losses, z), loss)
  store<f64>(statistic(s.factors, z), weight * scale / (rest + own))
  store<f64>(statistic(s.positives, z), weight * scalarExpm1(-loss))
}

/** grad_output of the loss that row `z` belongs to, times its sample weight. */
// @ts-ignore: decorator
@inline function upstreamOf<T extends number> (s: Sweep, z: u32): f64 {
  return pulledBy<T>(s.call, isSymmetric(s) && z >= s.keys ? z - s.keys : z)
}
