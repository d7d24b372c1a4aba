import { logRatio } from '../policy/ratio'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** −(A·log p − β/2·(log p − log q)²). */
@final @unmanaged class Dro extends Slotwise {
  beta: f64

  @inline value (block: Block, at: usize): v128 {
    const distance = logRatio(block, at)
    const penalty = f64x2.mul(f64x2.splat(0.5 * this.beta), f64x2.mul(distance, distance))
    return f64x2.sub(penalty, f64x2.mul(slot(block, 2, at), slot(block, 0, at)))
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    if (k == 2) return f64x2.neg(slot(block, 0, at))
    const pull = f64x2.mul(f64x2.splat(this.beta), logRatio(block, at))
    return k == 0 ? f64x2.sub(pull, slot(block, 2, at)) : f64x2.neg(pull)
  }
}

export function dro_f32 (call: usize): void { slotwise<Dro, f32>(call) }
export function dro_f64 (call: usize): void { slotwise<Dro, f64>(call) }
