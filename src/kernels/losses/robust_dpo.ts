import { margin, pull, unbiased, unbiasedSlope } from '../slots/preference'
import { Block, Slotwise, slotwise } from '../slotwise'

/** −ln σ(β·h) without the bias of swapped labels; Chowdhury, Kini and Natarajan 2024. */
@final @unmanaged class RobustDpo extends Slotwise {
  beta: f64
  flips: f64

  @inline value (block: Block, at: usize): v128 {
    return unbiased(f64x2.mul(f64x2.splat(this.beta), margin(block, at)), this.flips)
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const beta = f64x2.splat(this.beta)
    return pull(k, f64x2.mul(beta, unbiasedSlope(f64x2.mul(beta, margin(block, at)), this.flips)))
  }
}

export function robust_dpo_f32 (call: usize): void { slotwise<RobustDpo, f32>(call) }
export function robust_dpo_f64 (call: usize): void { slotwise<RobustDpo, f64>(call) }
