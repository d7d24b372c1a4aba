import { active, clampMin, where } from '../slots/kinks'
import { setEdge } from '../slots/margin'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** [y ≠ 1] max(0, margin − x) + [y ≠ −1] x; PyTorch `F.hinge_embedding_loss`. */
@final @unmanaged class HingeEmbedding extends Slotwise {
  margin: f64
  /** The margin as the inputs' type has it. */
  edge: f64

  @inline value (block: Block, at: usize): v128 {
    return both(block, at, clampMin(lack(block, at, this.margin)), slot(block, 0, at))
  }

  @inline slope (block: Block, at: usize, _k: u32): v128 {
    return both(block, at, f64x2.neg(active(lack(block, at, this.edge))), f64x2.splat(1))
  }
}

/** `far` where y ≠ 1, plus `near` where y ≠ −1. */
// @ts-ignore: decorator
@inline function both (block: Block, at: usize, far: v128, near: v128): v128 {
  const label = slot(block, 1, at)
  return f64x2.add(where(f64x2.ne(label, f64x2.splat(1)), far), where(f64x2.ne(label, f64x2.splat(-1)), near))
}

/** margin − x. */
// @ts-ignore: decorator
@inline function lack (block: Block, at: usize, margin: f64): v128 { return f64x2.sub(f64x2.splat(margin), slot(block, 0, at)) }

/** With the edge of T. */
function hingeEmbedding<T extends number> (call: usize): void {
  setEdge<T>(call)
  slotwise<HingeEmbedding, T>(call)
}

export function hinge_embedding_f32 (call: usize): void { hingeEmbedding<f32>(call) }
export function hinge_embedding_f64 (call: usize): void { hingeEmbedding<f64>(call) }
