// The passes over a block: one gives the sum and writes the losses and the gradients that lie as the operands do; the
// others are for gradients that are summed afterwards, and that of the weight.
import { CALL_CENTER, CALL_SCALE } from '../layout'
import { storeFour, storePair, storeSingle } from '../operand'
import { Block, INPUT, WEIGHT } from './block'
import { HIGH, LOW, read, SINGLE, slopeAt, targetSlopeAt, valueAt } from './formula'
import { DISTANCE, QUICK, Elementwise } from './loss'

/** Which gradients a loop computes. */
const NONE: u32 = 0
const OF_INPUT: u32 = 1
const OF_BOTH: u32 = 2

/**
 * The sum of the block's losses; writes what the block has places for. The sum has the same bits whatever else is
 * asked. Differences of float32 are rounded unless they overflow, or a weight can make the losses cancel.
 */
export function sweep<L extends Elementwise, T extends number> (call: usize, loss: L, block: Block): f64 {
  const rounds = sizeof<T>() == 4 && (loss.kind() & DISTANCE) != 0
  if (!rounds && (loss.kind() & QUICK) == 0) return sweepAs<L, T>(call, loss, block, true)
  if (!rounds || block.w == 0) {
    const sum = sweepAs<L, T>(call, loss, block, false)
    if (sum - sum == 0) return sum
  }
  return write<L, T>(call, loss, block, true)
}

// @ts-ignore: decorator
@inline function sweepAs<L extends Elementwise, T extends number> (
  call: usize, loss: L, block: Block, exact: bool
): f64 {
  const places = block.w | block.out | block.gx | block.gy
  if (places != 0) return write<L, T>(call, loss, block, exact)
  return sumOf<L, T>(call, loss, block, exact)
}

/** The sum alone: four accumulators of two lanes, folded in a fixed order. */
// @ts-ignore: decorator
@inline function sumOf<L extends Elementwise, T extends number> (
  call: usize, loss: L, block: Block, exact: bool
): f64 {
  const x = block.x; const y = block.y; const z = block.z; const p = block.first; const q = block.second
  const count = block.count
  let s0 = f64x2.splat(0); let s1 = s0; let s2 = s0; let s3 = s0
  let i: u32 = 0
  for (; i + 8 <= count; i += 8) {
    s0 = f64x2.add(s0, valueAt<L, T>(loss, x, y, z, p, q, i, LOW, exact))
    s1 = f64x2.add(s1, valueAt<L, T>(loss, x, y, z, p, q, i, HIGH, exact))
    s2 = f64x2.add(s2, valueAt<L, T>(loss, x, y, z, p, q, i + 4, LOW, exact))
    s3 = f64x2.add(s3, valueAt<L, T>(loss, x, y, z, p, q, i + 4, HIGH, exact))
  }
  if (i + 4 <= count) {
    s0 = f64x2.add(s0, valueAt<L, T>(loss, x, y, z, p, q, i, LOW, exact))
    s1 = f64x2.add(s1, valueAt<L, T>(loss, x, y, z, p, q, i, HIGH, exact))
    i += 4
  }
  const sum = across(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)))
  return i == count ? sum : sum + writeTail<L, T>(call, loss, block, i, exact)
}

/** The sum of both lanes. */
// @ts-ignore: decorator
@inline function across (lanes: v128): f64 { return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1) }

/** The same sum; ℓ and the gradients are written where there is a place for them. */
// @ts-ignore: decorator
@inline function write<L extends Elementwise, T extends number> (
  call: usize, loss: L, block: Block, exact: bool
): f64 {
  if (block.gy != 0) return writeAs<L, T>(call, loss, block, exact, OF_BOTH)
  if (block.gx != 0) return writeAs<L, T>(call, loss, block, exact, OF_INPUT)
  return writeAs<L, T>(call, loss, block, exact, NONE)
}

/** All formulas of four elements come before anything is stored, so that the compiler shares what they have in common. */
// @ts-ignore: decorator
@inline function writeAs<L extends Elementwise, T extends number> (
  call: usize, loss: L, block: Block, exact: bool, gradients: u32
): f64 {
  const x = block.x; const y = block.y; const z = block.z; const p = block.first; const q = block.second; const w = block.w
  const out = block.out; const gx = block.gx; const gy = block.gy; const up = block.up
  const scale = v128.load64_splat(call, CALL_SCALE)
  const count = block.count
  let s0 = f64x2.splat(0); let s1 = s0; let s2 = s0; let s3 = s0
  let i: u32 = 0
  for (; i + 4 <= count; i += 4) {
    let low = valueAt<L, T>(loss, x, y, z, p, q, i, LOW, exact)
    let high = valueAt<L, T>(loss, x, y, z, p, q, i, HIGH, exact)
    let xLow = low; let xHigh = high; let yLow = low; let yHigh = high
    if (gradients != NONE) {
      xLow = slopeAt<L, T>(loss, x, y, z, p, q, i, LOW, exact)
      xHigh = slopeAt<L, T>(loss, x, y, z, p, q, i, HIGH, exact)
    }
    if (gradients == OF_BOTH) {
      yLow = targetSlopeAt<L, T>(loss, x, y, z, i, LOW, exact)
      yHigh = targetSlopeAt<L, T>(loss, x, y, z, i, HIGH, exact)
    }
    if (w != 0) {
      const wLow = read<T>(w, i, LOW); const wHigh = read<T>(w, i, HIGH)
      low = f64x2.mul(wLow, low); high = f64x2.mul(wHigh, high)
      xLow = f64x2.mul(wLow, xLow); xHigh = f64x2.mul(wHigh, xHigh)
      yLow = f64x2.mul(wLow, yLow); yHigh = f64x2.mul(wHigh, yHigh)
    }
    const t0 = s2; const t1 = s3
    s2 = f64x2.add(s0, low); s3 = f64x2.add(s1, high)
    s0 = t0; s1 = t1
    if (out != 0) storeFour<T>(out, i, low, high)
    if (gradients != NONE && up != 0) {
      const upLow = read<T>(up, i, LOW); const upHigh = read<T>(up, i, HIGH)
      xLow = f64x2.mul(xLow, upLow); xHigh = f64x2.mul(xHigh, upHigh)
      yLow = f64x2.mul(yLow, upLow); yHigh = f64x2.mul(yHigh, upHigh)
    }
    if (gradients != NONE && gx != 0) storeFour<T>(gx, i, f64x2.mul(xLow, scale), f64x2.mul(xHigh, scale))
    if (gradients == OF_BOTH) storeFour<T>(gy, i, f64x2.mul(yLow, scale), f64x2.mul(yHigh, scale))
  }
  const sum = across(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)))
  return i == count ? sum : sum + writeTail<L, T>(call, loss, block, i, exact)
}

/** The same for the elements from `i` on, one at a time; a call, as it is rare and the formulas are long. */
function writeTail<L extends Elementwise, T extends number> (
  call: usize, loss: L, block: Block, i: u32, exact: bool
): f64 {
  const x = block.x; const y = block.y; const z = block.z; const p = block.first; const q = block.second; const w = block.w
  const scale = v128.load64_splat(call, CALL_SCALE)
  let sum: f64 = 0
  for (; i < block.count; i++) {
    const value = weighted<T>(valueAt<L, T>(loss, x, y, z, p, q, i, SINGLE, exact), w, i, SINGLE)
    sum += f64x2.extract_lane(value, 0)
    if (block.out != 0) storeSingle<T>(block.out, i, value)
    if (block.gx != 0) {
      const slope = slopeAt<L, T>(loss, x, y, z, p, q, i, SINGLE, exact)
      storeSingle<T>(block.gx, i, scaled<T>(slope, w, block.up, scale, i, SINGLE))
    }
    if (block.gy != 0) {
      const slope = targetSlopeAt<L, T>(loss, x, y, z, i, SINGLE, exact)
      storeSingle<T>(block.gy, i, scaled<T>(slope, w, block.up, scale, i, SINGLE))
    }
  }
  return sum
}

/** `value` times the weight, where there is one. */
// @ts-ignore: decorator
@inline function weighted<T extends number> (value: v128, w: usize, i: u32, part: u32): v128 {
  return w == 0 ? value : f64x2.mul(read<T>(w, i, part), value)
}

/** A gradient: the slope times weight, grad_output and scale. */
// @ts-ignore: decorator
@inline function scaled<T extends number> (slope: v128, w: usize, up: usize, scale: v128, i: u32, part: u32): v128 {
  const own = weighted<T>(slope, w, i, part)
  return f64x2.mul(up == 0 ? own : f64x2.mul(own, read<T>(up, i, part)), scale)
}

/** Sum of the weights or shares of the block at `w`. */
export function totalWeight<T extends number> (block: Block, w: usize): f64 {
  let s0 = f64x2.splat(0); let s1 = s0
  let i: u32 = 0
  for (; i + 4 <= block.count; i += 4) {
    s0 = f64x2.add(s0, read<T>(w, i, LOW))
    s1 = f64x2.add(s1, read<T>(w, i, HIGH))
  }
  let sum = across(f64x2.add(s0, s1))
  for (; i < block.count; i++) sum += f64x2.extract_lane(read<T>(w, i, SINGLE), 0)
  return sum
}

/** Writes the scaled gradient of slot `k` as OUT to `out`. */
export function slopes<L extends Elementwise, OUT extends number, T extends number> (
  call: usize, loss: L, block: Block, k: u32, out: usize
): void {
  const scale = v128.load64_splat(call, CALL_SCALE)
  const center = v128.load64_splat(call, CALL_CENTER)
  let i: u32 = 0
  for (; i + 2 <= block.count; i += 2) {
    storePair<OUT>(out, i, gradientAt<L, T>(loss, block, k, i, LOW, scale, center))
  }
  if (i < block.count) storeSingle<OUT>(out, i, gradientAt<L, T>(loss, block, k, i, SINGLE, scale, center))
}

// @ts-ignore: decorator
@inline function gradientAt<L extends Elementwise, T extends number> (
  loss: L, block: Block, k: u32, i: u32, part: u32, scale: v128, center: v128
): v128 {
  const x = block.x; const y = block.y; const z = block.z; const p = block.first; const q = block.second
  if (k == WEIGHT) {
    const slope = f64x2.sub(valueAt<L, T>(loss, x, y, z, p, q, i, part, true), center)
    return scaled<T>(slope, block.share, block.up, scale, i, part)
  }
  const slope = k == INPUT
    ? slopeAt<L, T>(loss, x, y, z, p, q, i, part, true)
    : targetSlopeAt<L, T>(loss, x, y, z, i, part, true)
  return scaled<T>(slope, block.w, block.up, scale, i, part)
}
