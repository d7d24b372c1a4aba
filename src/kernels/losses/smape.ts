import { signOf } from '../slots/kinks'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** scale·|x − y|/m with m = max(|x| + |y|, ε). */
@final @unmanaged class Smape extends Slotwise {
  scale: f64
  epsilon: f64

  @inline value (block: Block, at: usize): v128 {
    const error = f64x2.abs(f64x2.sub(slot(block, 0, at), slot(block, 1, at)))
    const least = f64x2.pmax(sizeAt(block, at), f64x2.splat(this.epsilon))
    return f64x2.mul(f64x2.splat(this.scale), f64x2.div(error, least))
  }

  /**
   * Where m = |x| + |y|, the two parts of ∂ℓ/∂x add up to scale·sign(x − y)·(1 + sign(x)·sign(y))·|y|/m², in which
   * nothing cancels; the same for y.
   */
  @inline slope (block: Block, at: usize, k: u32): v128 {
    const own = slot(block, k, at)
    const other = slot(block, 1 - k, at)
    const error = f64x2.sub(own, other)
    const size = sizeAt(block, at)
    const least = f64x2.pmax(size, f64x2.splat(this.epsilon))
    const plain = f64x2.div(f64x2.mul(f64x2.splat(this.scale), signOf(error)), least)
    const alike = f64x2.add(f64x2.splat(1), f64x2.mul(signOf(own), signOf(other)))
    const whole = f64x2.mul(f64x2.mul(plain, alike), f64x2.div(f64x2.abs(other), least))
    const ratio = f64x2.div(error, least)
    const moving = v128.bitselect(whole, ratio, f64x2.eq(ratio, ratio))
    return v128.bitselect(plain, moving, f64x2.lt(size, f64x2.splat(this.epsilon)))
  }
}

/** |x| + |y| of two entries. */
// @ts-ignore: decorator
@inline function sizeAt (block: Block, at: usize): v128 {
  return f64x2.add(f64x2.abs(slot(block, 0, at)), f64x2.abs(slot(block, 1, at)))
}

export function smape_f32 (call: usize): void { slotwise<Smape, f32>(call) }
export function smape_f64 (call: usize): void { slotwise<Smape, f64>(call) }
