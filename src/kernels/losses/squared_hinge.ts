import { clampMin, where } from '../slots/kinks'
import { lack, lackSlope, setEncoding } from '../slots/labels'
import { Block, Slotwise, slotwise } from '../slotwise'

/** max(0, 1 − yx)². */
@final @unmanaged class SquaredHinge extends Slotwise {
  /** 1 where labels are 0 and 1, 0 where they are ±1. */
  binary: f64

  @inline value (block: Block, at: usize): v128 {
    const excess = clampMin(lack(block, at, this.binary))
    return f64x2.mul(excess, excess)
  }

  /** The hinge passes nothing of NaN on, as PyTorch's clamp. */
  @inline slope (block: Block, at: usize, k: u32): v128 {
    const excess = lack(block, at, this.binary)
    const twice = where(f64x2.ge(excess, f64x2.splat(0)), f64x2.add(excess, excess))
    return f64x2.mul(twice, lackSlope(block, at, k, this.binary))
  }
}

/** With the encoding that the family found. */
function squaredHinge<T extends number> (call: usize): void {
  setEncoding(call)
  slotwise<SquaredHinge, T>(call)
}

export function squared_hinge_f32 (call: usize): void { squaredHinge<f32>(call) }
export function squared_hinge_f64 (call: usize): void { squaredHinge<f64>(call) }
