import { active, clampMin } from '../slots/kinks'
import { lack, lackSlope, setEncoding } from '../slots/labels'
import { Block, Slotwise, slotwise } from '../slotwise'

/** max(0, 1 − yx). */
@final @unmanaged class Hinge extends Slotwise {
  /** 1 where labels are 0 and 1, 0 where they are ±1. */
  binary: f64

  @inline value (block: Block, at: usize): v128 { return clampMin(lack(block, at, this.binary)) }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    return f64x2.mul(active(lack(block, at, this.binary)), lackSlope(block, at, k, this.binary))
  }
}

/** With the encoding that the family found. */
function hinge<T extends number> (call: usize): void {
  setEncoding(call)
  slotwise<Hinge, T>(call)
}

export function hinge_f32 (call: usize): void { hinge<f32>(call) }
export function hinge_f64 (call: usize): void { hinge<f64>(call) }
