import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** −A·log p. */
@final @unmanaged class Reinforce extends Slotwise {
  @inline value (block: Block, at: usize): v128 { return f64x2.neg(f64x2.mul(slot(block, 0, at), slot(block, 1, at))) }

  @inline slope (block: Block, at: usize, k: u32): v128 { return f64x2.neg(slot(block, 1 - k, at)) }
}

export function reinforce_f32 (call: usize): void { slotwise<Reinforce, f32>(call) }
export function reinforce_f64 (call: usize): void { slotwise<Reinforce, f64>(call) }
