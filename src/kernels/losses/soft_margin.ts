import { sigmoid, softplus } from '../functions/index'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** log(1 + e^−yx), which never overflows; PyTorch `F.soft_margin_loss`. */
@final @unmanaged class SoftMargin extends Slotwise {
  @inline value (block: Block, at: usize): v128 {
    return softplus(f64x2.neg(f64x2.mul(slot(block, 0, at), slot(block, 1, at))))
  }

  /** −y σ(−yx). */
  @inline slope (block: Block, at: usize, _k: u32): v128 {
    const label = f64x2.neg(slot(block, 1, at))
    return f64x2.mul(label, sigmoid(f64x2.mul(label, slot(block, 0, at))))
  }
}

export function soft_margin_f32 (call: usize): void { slotwise<SoftMargin, f32>(call) }
export function soft_margin_f64 (call: usize): void { slotwise<SoftMargin, f64>(call) }
