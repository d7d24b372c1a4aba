import { active, clampMin } from '../slots/kinks'
import { setEdge } from '../slots/margin'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** max(0, −y(a − b) + margin); PyTorch `F.margin_ranking_loss`. */
@final @unmanaged class MarginRanking extends Slotwise {
  margin: f64
  /** The margin as the inputs' type has it. */
  edge: f64

  @inline value (block: Block, at: usize): v128 { return clampMin(inner(block, at, this.margin)) }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const target = slot(block, 2, at)
    const slope = k == 2 ? f64x2.neg(gap(block, at)) : k == 1 ? target : f64x2.neg(target)
    return f64x2.mul(active(inner(block, at, this.edge)), slope)
  }
}

/** a − b. */
// @ts-ignore: decorator
@inline function gap (block: Block, at: usize): v128 { return f64x2.sub(slot(block, 0, at), slot(block, 1, at)) }

/** What the hinge is put to. */
// @ts-ignore: decorator
@inline function inner (block: Block, at: usize, margin: f64): v128 {
  return f64x2.sub(f64x2.splat(margin), f64x2.mul(slot(block, 2, at), gap(block, at)))
}

/** With the edge of T. */
function marginRanking<T extends number> (call: usize): void {
  setEdge<T>(call)
  slotwise<MarginRanking, T>(call)
}

export function margin_ranking_f32 (call: usize): void { marginRanking<f32>(call) }
export function margin_ranking_f64 (call: usize): void { marginRanking<f64>(call) }
