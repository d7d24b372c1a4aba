import { devianceOf, outside, slopeOf } from '../slots/deviance'
import { Block, Slotwise, slotwise } from '../slotwise'

/** 2·(ln(μ/y) + y/μ − 1), Tweedie's deviance of power 2. */
@final @unmanaged class GammaDeviance extends Slotwise {
  @inline value (block: Block, at: usize): v128 { return devianceOf(2, block, at) }

  @inline slope (block: Block, at: usize, k: u32): v128 { return slopeOf(2, block, at, k) }

  @inline refuses (block: Block, at: usize, k: u32): v128 { return outside(2, block, at, k) }
}

export function gamma_deviance_f32 (call: usize): void { slotwise<GammaDeviance, f32>(call) }
export function gamma_deviance_f64 (call: usize): void { slotwise<GammaDeviance, f64>(call) }
