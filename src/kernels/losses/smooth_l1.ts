import { signOf } from '../slots/kinks'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** (x − y)²/(2β) below β, |x − y| − β/2 from there on; PyTorch `F.smooth_l1_loss`. */
@final @unmanaged class SmoothL1 extends Slotwise {
  beta: f64

  @inline value (block: Block, at: usize): v128 {
    const beta = f64x2.splat(this.beta)
    const error = f64x2.abs(f64x2.sub(slot(block, 0, at), slot(block, 1, at)))
    const half = f64x2.mul(f64x2.splat(0.5), error)
    const near = f64x2.mul(half, f64x2.div(error, beta))
    return v128.bitselect(near, f64x2.sub(error, f64x2.splat(this.beta / 2)), f64x2.lt(error, beta))
  }

  /** (x − y)/β within ±1; β = 0 is l1, whose slope is 0 at 0 and NaN. */
  @inline slope (block: Block, at: usize, k: u32): v128 {
    const error = f64x2.sub(slot(block, k, at), slot(block, 1 - k, at))
    const ratio = this.beta == 0 ? signOf(error) : f64x2.div(error, f64x2.splat(this.beta))
    return f64x2.pmax(f64x2.pmin(ratio, f64x2.splat(1)), f64x2.splat(-1))
  }
}

export function smooth_l1_f32 (call: usize): void { slotwise<SmoothL1, f32>(call) }
export function smooth_l1_f64 (call: usize): void { slotwise<SmoothL1, f64>(call) }
