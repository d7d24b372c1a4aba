import { signOf } from '../slots/kinks'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** scale·|x − y|/m with m = max(|y|, ε). */
@final @unmanaged class Mape extends Slotwise {
  scale: f64
  epsilon: f64

  @inline value (block: Block, at: usize): v128 {
    return f64x2.mul(f64x2.splat(this.scale), ratioOf(block, at, this.epsilon))
  }

  /** Where |y| ≥ ε, the two parts of ∂ℓ/∂y add up to −scale·sign(x − y)·sign(y)·x/y², in which nothing cancels. */
  @inline slope (block: Block, at: usize, k: u32): v128 {
    const input = slot(block, 0, at)
    const target = slot(block, 1, at)
    const least = leastOf(target, this.epsilon)
    const direction = f64x2.mul(f64x2.splat(this.scale), signOf(f64x2.sub(input, target)))
    const ofInput = f64x2.div(direction, least)
    if (k == 0) return ofInput
    const ratio = ratioOf(block, at, this.epsilon)
    const whole = f64x2.mul(f64x2.mul(ofInput, signOf(target)), f64x2.div(input, least))
    const moving = v128.bitselect(whole, ratio, f64x2.eq(ratio, ratio))
    const clipped = f64x2.lt(f64x2.abs(target), f64x2.splat(this.epsilon))
    return f64x2.neg(v128.bitselect(ofInput, moving, clipped))
  }
}

/** max(|y|, ε); NaN stays. */
// @ts-ignore: decorator
@inline function leastOf (target: v128, epsilon: f64): v128 { return f64x2.pmax(f64x2.abs(target), f64x2.splat(epsilon)) }

/** |x − y|/m of two entries. */
// @ts-ignore: decorator
@inline function ratioOf (block: Block, at: usize, epsilon: f64): v128 {
  const target = slot(block, 1, at)
  return f64x2.div(f64x2.abs(f64x2.sub(slot(block, 0, at), target)), leastOf(target, epsilon))
}

export function mape_f32 (call: usize): void { slotwise<Mape, f32>(call) }
export function mape_f64 (call: usize): void { slotwise<Mape, f64>(call) }
