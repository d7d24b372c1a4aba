import { margin, pull, shortfall, shortfallSlope } from '../slots/preference'
import { Block, Slotwise, slotwise } from '../slotwise'

/** relu(δ − β·h); Zhao et al. 2023. */
@final @unmanaged class SlicHinge extends Slotwise {
  beta: f64
  delta: f64

  @inline value (block: Block, at: usize): v128 {
    return shortfall(f64x2.mul(f64x2.splat(this.beta), margin(block, at)), this.delta)
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const beta = f64x2.splat(this.beta)
    return pull(k, f64x2.mul(beta, shortfallSlope(f64x2.mul(beta, margin(block, at)), this.delta)))
  }
}

export function slic_hinge_f32 (call: usize): void { slotwise<SlicHinge, f32>(call) }
export function slic_hinge_f64 (call: usize): void { slotwise<SlicHinge, f64>(call) }
