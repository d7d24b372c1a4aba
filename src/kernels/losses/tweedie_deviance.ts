import { devianceOf, outside, slopeOf } from '../slots/deviance'
import { Block, Slotwise, slotwise } from '../slotwise'

/** Twice the loss in log-likelihood under Tweedie's distribution of any power. */
@final @unmanaged class TweedieDeviance extends Slotwise {
  power: f64

  @inline value (block: Block, at: usize): v128 { return devianceOf(this.power, block, at) }

  @inline slope (block: Block, at: usize, k: u32): v128 { return slopeOf(this.power, block, at, k) }

  @inline refuses (block: Block, at: usize, k: u32): v128 { return outside(this.power, block, at, k) }
}

export function tweedie_deviance_f32 (call: usize): void { slotwise<TweedieDeviance, f32>(call) }
export function tweedie_deviance_f64 (call: usize): void { slotwise<TweedieDeviance, f64>(call) }
