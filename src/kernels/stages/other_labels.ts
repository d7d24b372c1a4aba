// Counts the labels that are neither 0 nor 1, as a loss that is 1 for each of them.
import { Block, slot, Slotwise, slotwise } from '../slotwise'

@final @unmanaged class OtherLabels extends Slotwise {
  @inline value (block: Block, at: usize): v128 {
    const label = slot(block, 0, at)
    return v128.andnot(f64x2.splat(1), v128.or(f64x2.eq(label, f64x2.splat(0)), f64x2.eq(label, f64x2.splat(1))))
  }
}

export function other_labels_f32 (call: usize): void { slotwise<OtherLabels, f32>(call) }
export function other_labels_f64 (call: usize): void { slotwise<OtherLabels, f64>(call) }
