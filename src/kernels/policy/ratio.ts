// What losses of a policy share: its log-probabilities in slot 0, those of the policy that sampled in slot 1, advantages
// in slot 2.
import { exp } from '../functions/index'
import { clip, within } from '../slots/clip'
import { where } from '../slots/kinks'
import { Block, slot } from '../slotwise'

/** log p − log q. */
// @ts-ignore: decorator
@inline export function logRatio (block: Block, at: usize): v128 { return f64x2.sub(slot(block, 0, at), slot(block, 1, at)) }

/** ρ = p/q. */
// @ts-ignore: decorator
@inline export function ratioOf (block: Block, at: usize): v128 { return exp(logRatio(block, at)) }

/** Slope of min(a, b) by a, as PyTorch's: ½ at ties, 0 where a is above. */
// @ts-ignore: decorator
@inline function minSlope (a: v128, b: v128): v128 {
  const half = v128.and(f64x2.eq(a, b), f64x2.splat(0.5))
  return f64x2.sub(v128.andnot(f64x2.splat(1), f64x2.gt(a, b)), half)
}

/** −min(ρA, clip(ρ)A). */
export function clippedLoss (block: Block, at: usize, low: f64, high: f64): v128 {
  const ratio = ratioOf(block, at)
  const advantage = slot(block, 2, at)
  return f64x2.neg(f64x2.min(f64x2.mul(ratio, advantage), f64x2.mul(clip(ratio, low, high), advantage)))
}

/** Its slope by slot `k`. */
export function clippedSlope (block: Block, at: usize, k: u32, low: f64, high: f64): v128 {
  const ratio = ratioOf(block, at)
  const advantage = slot(block, 2, at)
  const clipped = clip(ratio, low, high)
  const free = f64x2.mul(ratio, advantage)
  const held = f64x2.mul(clipped, advantage)
  const byFree = minSlope(free, held)
  const byHeld = minSlope(held, free)
  if (k == 2) return f64x2.neg(f64x2.add(f64x2.mul(byFree, ratio), f64x2.mul(byHeld, clipped)))
  const moving = f64x2.add(byFree, where(within(ratio, low, high), byHeld))
  const slope = f64x2.mul(f64x2.mul(advantage, moving), ratio)
  return k == 0 ? f64x2.neg(slope) : slope
}
