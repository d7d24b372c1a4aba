import { cubic } from '../functions/exp'
import { expm1 } from '../functions/index'
import { CALL_OPTIONS } from '../layout'
import { clippedLoss, clippedSlope } from '../policy/ratio'
import { has } from '../slots/block'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

const REFERENCE: u32 = 3
/** Up to here functions/exp.ts has e^d − 1 − d − d²/2 as a polynomial; beyond, the terms of e^d − 1 − d hardly cancel. */
const NEAR: f64 = 0.34

/** −min(ρA, clip(ρ)A) + β·(e^d − d − 1), with d = log p_ref − log p. */
@final @unmanaged class Grpo extends Slotwise {
  low: f64
  high: f64
  /** 0 when there is no reference. */
  beta: f64

  @inline value (block: Block, at: usize): v128 {
    const loss = clippedLoss(block, at, this.low, this.high)
    return this.beta == 0 ? loss : f64x2.add(loss, f64x2.mul(f64x2.splat(this.beta), estimate(distance(block, at))))
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const slope = k == REFERENCE ? f64x2.splat(0) : clippedSlope(block, at, k, this.low, this.high)
    if (this.beta == 0 || k == 1 || k == 2) return slope
    const pull = f64x2.mul(f64x2.splat(this.beta), expm1(distance(block, at)))
    return k == 0 ? f64x2.sub(slope, pull) : pull
  }
}

/** log p_ref − log p. */
// @ts-ignore: decorator
@inline function distance (block: Block, at: usize): v128 { return f64x2.sub(slot(block, REFERENCE, at), slot(block, 0, at)) }

/** e^d − d − 1, the k3 estimator. */
function estimate (d: v128): v128 {
  const square = f64x2.mul(d, d)
  const near = f64x2.add(f64x2.mul(f64x2.splat(0.5), square), cubic(d, square))
  return v128.bitselect(near, f64x2.sub(expm1(d), d), f64x2.le(f64x2.abs(d), f64x2.splat(NEAR)))
}

/** Without a penalty where there is no reference. */
function grpo<T extends number> (call: usize): void {
  if (!has(call, REFERENCE)) store<f64>(call, 0, CALL_OPTIONS + 2 * sizeof<f64>())
  slotwise<Grpo, T>(call)
}

export function grpo_f32 (call: usize): void { grpo<f32>(call) }
export function grpo_f64 (call: usize): void { grpo<f64>(call) }
