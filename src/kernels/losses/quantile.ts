import { CALL_LIST, CALL_LIST_COUNT, CALL_OPTIONS } from '../layout'
import { signOf } from '../slots/kinks'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** max(τ·r, (τ − 1)·r) with r = y − x; the quantiles τ take turns along the last axis. */
@final @unmanaged class Quantile extends Slotwise {
  @inline value (block: Block, at: usize): v128 {
    const quantile = quantilesAt(changetype<usize>(this) - CALL_OPTIONS, block, at)
    const error = f64x2.sub(slot(block, 1, at), slot(block, 0, at))
    return f64x2.max(f64x2.mul(quantile, error), f64x2.mul(f64x2.sub(quantile, f64x2.splat(1)), error))
  }

  /** ∂ℓ/∂y = τ above, τ − 1 below, and τ − ½ where the two sides of the maximum tie. */
  @inline slope (block: Block, at: usize, k: u32): v128 {
    const quantile = quantilesAt(changetype<usize>(this) - CALL_OPTIONS, block, at)
    const error = f64x2.sub(slot(block, 1, at), slot(block, 0, at))
    const half = f64x2.mul(f64x2.splat(0.5), f64x2.sub(signOf(error), f64x2.splat(1)))
    const slope = f64x2.add(quantile, half)
    return v128.bitselect(k == 0 ? f64x2.neg(slope) : slope, error, f64x2.eq(error, error))
  }
}

/** The quantiles of two entries. */
// @ts-ignore: decorator
@inline function quantilesAt (call: usize, block: Block, at: usize): v128 {
  const list = <usize>load<u32>(call, CALL_LIST)
  const count = load<u32>(call, CALL_LIST_COUNT)
  if (count == 1) return v128.load64_splat(list)
  const entry = block.start + <u32>(at >> 3)
  const first = v128.load64_splat(list + (<usize>(entry % count) << 3))
  return f64x2.replace_lane(first, 1, load<f64>(list + (<usize>((entry + 1) % count) << 3)))
}

export function quantile_f32 (call: usize): void { slotwise<Quantile, f32>(call) }
export function quantile_f64 (call: usize): void { slotwise<Quantile, f64>(call) }
