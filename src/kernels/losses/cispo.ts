import { ratioOf } from '../policy/ratio'
import { clip } from '../slots/clip'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** −clip(ρ)·log p·A, in which clip(ρ) counts as a constant. */
@final @unmanaged class Cispo extends Slotwise {
  low: f64
  high: f64

  @inline value (block: Block, at: usize): v128 { return f64x2.mul(this.slope(block, at, 2), slot(block, 2, at)) }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const factor = clip(ratioOf(block, at), this.low, this.high)
    return f64x2.neg(f64x2.mul(factor, slot(block, 2 - k, at)))
  }
}

export function cispo_f32 (call: usize): void { slotwise<Cispo, f32>(call) }
export function cispo_f64 (call: usize): void { slotwise<Cispo, f64>(call) }
