import { logistic, logisticSlope, tokens } from '../slots/preference'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** −ln σ(β·(mean log π_w − mean log π_l) − γ); Meng, Xia and Chen 2024. */
@final @unmanaged class Simpo extends Slotwise {
  beta: f64
  gamma: f64
  smoothing: f64

  @inline absent (_k: u32): f64 { return 1 }

  @inline value (block: Block, at: usize): v128 { return logistic(this.excess(block, at), this.smoothing) }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const slope = f64x2.mul(f64x2.splat(k == 0 ? this.beta : -this.beta), logisticSlope(this.excess(block, at), this.smoothing))
    return f64x2.div(slope, tokens(block, k + 2, at))
  }

  /** The margin less what it should be. */
  @inline excess (block: Block, at: usize): v128 {
    const chosen = f64x2.div(slot(block, 0, at), tokens(block, 2, at))
    const margin = f64x2.sub(chosen, f64x2.div(slot(block, 1, at), tokens(block, 3, at)))
    return f64x2.sub(f64x2.mul(f64x2.splat(this.beta), margin), f64x2.splat(this.gamma))
  }
}

export function simpo_f32 (call: usize): void { slotwise<Simpo, f32>(call) }
export function simpo_f64 (call: usize): void { slotwise<Simpo, f64>(call) }
