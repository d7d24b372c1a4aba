import { clippedLoss, clippedSlope } from '../policy/ratio'
import { Block, Slotwise, slotwise } from '../slotwise'

/** −min(ρA, clip(ρ)A). */
@final @unmanaged class Ppo extends Slotwise {
  low: f64
  high: f64

  @inline value (block: Block, at: usize): v128 { return clippedLoss(block, at, this.low, this.high) }

  @inline slope (block: Block, at: usize, k: u32): v128 { return clippedSlope(block, at, k, this.low, this.high) }
}

export function ppo_f32 (call: usize): void { slotwise<Ppo, f32>(call) }
export function ppo_f64 (call: usize): void { slotwise<Ppo, f64>(call) }
