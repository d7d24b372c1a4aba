import { ratioOf } from '../policy/ratio'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** −ρA. */
@final @unmanaged class ImportanceSampling extends Slotwise {
  @inline value (block: Block, at: usize): v128 { return f64x2.neg(f64x2.mul(ratioOf(block, at), slot(block, 2, at))) }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const ratio = ratioOf(block, at)
    if (k == 2) return f64x2.neg(ratio)
    const weighted = f64x2.mul(ratio, slot(block, 2, at))
    return k == 0 ? f64x2.neg(weighted) : weighted
  }
}

export function importance_sampling_f32 (call: usize): void { slotwise<ImportanceSampling, f32>(call) }
export function importance_sampling_f64 (call: usize): void { slotwise<ImportanceSampling, f64>(call) }
