import { devianceOf, outside, slopeOf } from '../slots/deviance'
import { Block, Slotwise, slotwise } from '../slotwise'

/** 2·(y·ln(y/μ) − y + μ), Tweedie's deviance of power 1. */
@final @unmanaged class PoissonDeviance extends Slotwise {
  @inline value (block: Block, at: usize): v128 { return devianceOf(1, block, at) }

  @inline slope (block: Block, at: usize, k: u32): v128 { return slopeOf(1, block, at, k) }

  @inline refuses (block: Block, at: usize, k: u32): v128 { return outside(1, block, at, k) }
}

export function poisson_deviance_f32 (call: usize): void { slotwise<PoissonDeviance, f32>(call) }
export function poisson_deviance_f64 (call: usize): void { slotwise<PoissonDeviance, f64>(call) }
