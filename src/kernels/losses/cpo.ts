import { logistic, logisticSlope, portion, pull } from '../slots/preference'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** −ln σ(β·(log π_w − log π_l)) + α·nll; Xu et al. 2024. */
@final @unmanaged class Cpo extends Slotwise {
  beta: f64
  smoothing: f64
  alpha: f64

  @inline value (block: Block, at: usize): v128 {
    return f64x2.add(logistic(this.reward(block, at), this.smoothing), portion(this.alpha, slot(block, 2, at)))
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    if (k == 2) return f64x2.splat(this.alpha)
    return pull(k, f64x2.mul(f64x2.splat(this.beta), logisticSlope(this.reward(block, at), this.smoothing)))
  }

  @inline reward (block: Block, at: usize): v128 {
    return f64x2.mul(f64x2.splat(this.beta), f64x2.sub(slot(block, 0, at), slot(block, 1, at)))
  }
}

export function cpo_f32 (call: usize): void { slotwise<Cpo, f32>(call) }
export function cpo_f64 (call: usize): void { slotwise<Cpo, f64>(call) }
