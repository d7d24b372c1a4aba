import { active, clampMin } from '../slots/kinks'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** max(0, −yx). */
@final @unmanaged class Perceptron extends Slotwise {
  @inline value (block: Block, at: usize): v128 {
    return clampMin(f64x2.neg(f64x2.mul(slot(block, 0, at), slot(block, 1, at))))
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const other = slot(block, 1 - k, at)
    const wrong = active(f64x2.neg(f64x2.mul(slot(block, k, at), other)))
    return f64x2.neg(f64x2.mul(wrong, other))
  }
}

export function perceptron_f32 (call: usize): void { slotwise<Perceptron, f32>(call) }
export function perceptron_f64 (call: usize): void { slotwise<Perceptron, f64>(call) }
