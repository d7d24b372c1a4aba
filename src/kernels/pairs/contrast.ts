// ℓ_z = log Σ_c exp S_zc − S_zp, p the positive of row z, tile by tile. The positive is left out of the sum: with m the
// greatest similarity, ℓ = log1p(Σ_{c≠p} exp(S_c − m)) where the positive is the greatest, and
// (m − S_p) + log Σ_c exp(S_c − m) elsewhere: neither cancels.
//
// Statistics of a row, for the gradients, with its upstream gradient g and its share w of the loss (½ of symmetric
// losses): maximum m, factor w·g/Σ_c exp(S_c − m), and positive w·g·(P_p − 1) = w·g·expm1(−ℓ). While tiles are added,
// factor holds Σ_{c≠p} exp(S_c − m) and positive holds S_p.
import {
  CALL_FROM, CALL_LOSS, CALL_PARTIALS, CALL_TO, CALL_UPSTREAM, PARTIAL_SIZE, PARTIAL_SUM
} from '../layout'
import { storeSingle } from '../operand'
import { exp, scalarExp, scalarExpm1, scalarLog, scalarLog1p } from '../functions'
import { PAIRS_TILE } from './layout'
import { moveTo, pairOf, similarities, similarity, statistic, sweepOf, tilePitch, widthAt, Sweep } from './sweep'

/** Statistics of the part's rows. */
export function statistics<T extends number> (call: usize): void {
  const s = sweepOf(call)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    moveTo(s, b)
    measure<T>(s)
  }
}

/** Statistics of the part's rows, their losses and the blocks' sums. */
export function contrast<T extends number> (call: usize): void {
  const s = sweepOf(call)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    moveTo(s, b)
    measure<T>(s)
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    store<f64>(partial, total<T>(s), PARTIAL_SUM)
  }
}

/** Sum of the block's losses, which are written where they are wanted. */
function total<T extends number> (s: Sweep): f64 {
  const out = <usize>load<u32>(s.call, CALL_LOSS)
  let sum: f64 = 0
  for (let r: u32 = 0; r < s.count; r++) {
    const value = lossAt(s, s.row + r)
    sum += value
    if (out != 0) storeSingle<T>(out, s.row + r, f64x2.splat(value))
  }
  return sum
}

/** ℓ of row `z`; of a symmetric loss, half of what its query and its key add up to. */
function lossAt (s: Sweep, z: u32): f64 {
  const own = load<f64>(statistic(s.losses, z))
  return isSymmetric(s) ? 0.5 * (own + load<f64>(statistic(s.losses, pairOf(s, z)))) : own
}

/** Whether both rows of a pair are anchors of one loss: then columns lie on the other side. */
// @ts-ignore: decorator
@inline function isSymmetric (s: Sweep): bool { return s.anchors > s.pairs && s.columns == s.pairs }

/** Statistics of the block's rows. */
function measure<T extends number> (s: Sweep): void {
  for (let r: u32 = 0; r < s.count; r++) begin(s, s.row + r)
  for (let from: u32 = 0; from < s.columns; from += PAIRS_TILE) {
    const tile = similarities(s, from)
    for (let r: u32 = 0; r < s.count; r++) {
      addTile(s, s.row + r, tile + <usize>r * tilePitch(s), widthAt(s, from))
    }
  }
  for (let r: u32 = 0; r < s.count; r++) finish<T>(s, s.row + r)
}

/** The positive alone. */
function begin (s: Sweep, z: u32): void {
  const positive = similarity(s, z, pairOf(s, z))
  store<f64>(statistic(s.maxima, z), positive)
  store<f64>(statistic(s.factors, z), 0)
  store<f64>(statistic(s.positives, z), positive)
}

/** Adds the similarities at `line`. */
function addTile (s: Sweep, z: u32, line: usize, width: u32): void {
  const before = load<f64>(statistic(s.maxima, z))
  const maximum = max<f64>(before, greatest(line, width))
  let rest = load<f64>(statistic(s.factors, z))
  if (maximum != before) rest *= scalarExp(before - maximum)
  store<f64>(statistic(s.maxima, z), maximum)
  store<f64>(statistic(s.factors, z), rest + sumOfExp(line, width, maximum))
}

/** The greatest of the similarities at `line`; NaN if any is. */
function greatest (line: usize, width: u32): f64 {
  let most = f64x2.splat(-Infinity)
  const end = line + (<usize>width << 3)
  for (; line < end; line += 16) most = f64x2.max(most, v128.load(line))
  return max<f64>(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1))
}

/** Σ exp(S − maximum). */
function sumOfExp (line: usize, width: u32, maximum: f64): f64 {
  const m = f64x2.splat(maximum)
  let a = f64x2.splat(0)
  let b = a
  const end = line + (<usize>width << 3)
  for (; line < end; line += 32) {
    a = f64x2.add(a, exp(f64x2.sub(v128.load(line), m)))
    b = f64x2.add(b, exp(f64x2.sub(v128.load(line, 16), m)))
  }
  const sum = f64x2.add(a, b)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Turns sums into the loss and the statistics. */
function finish<T extends number> (s: Sweep, z: u32): void {
  const maximum = load<f64>(statistic(s.maxima, z))
  const rest = load<f64>(statistic(s.factors, z))
  const gap = maximum - load<f64>(statistic(s.positives, z))
  const own = scalarExp(-gap)
  const loss = gap + (own == 1 ? scalarLog1p(rest) : scalarLog(rest + own))
  const weight = upstreamOf<T>(s, z) * (isSymmetric(s) ? 0.5 : 1)
  store<f64>(statistic(s.losses, z), loss)
  store<f64>(statistic(s.factors, z), weight / (rest + own))
  store<f64>(statistic(s.positives, z), weight * scalarExpm1(-loss))
}

/** grad_output of the loss that row `z` belongs to. */
function upstreamOf<T extends number> (s: Sweep, z: u32): f64 {
  const upstream = <usize>load<u32>(s.call, CALL_UPSTREAM)
  if (upstream == 0) return 1
  const entry = isSymmetric(s) && z >= s.pairs ? z - s.pairs : z
  return <f64>load<T>(upstream + <usize>entry * sizeof<T>())
}
