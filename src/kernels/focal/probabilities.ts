// Focal losses of probabilities, which are clipped inside the logarithms only.
import { add, div, mul, sub } from '../functions/arithmetic'
import { log, log1p } from '../functions/index'
import { clip, within } from '../slots/clip'
import { where } from '../slots/kinks'
import { Block } from '../slotwise'
import { blend, byShare, Focal, lossOf, power, share, slopeOf } from './parts'

@final @unmanaged export class FocalOfProbabilities extends Focal {
  @inline value (block: Block, at: usize): v128 { return lossOf<FocalOfProbabilities>(this, block, at) }
  @inline slope (block: Block, at: usize, k: u32): v128 { return slopeOf<FocalOfProbabilities>(this, block, at, k) }

  miss (x: v128, y: v128): v128 { return blend(y, rest(x), x) }

  entropy (x: v128, y: v128): v128 {
    const clipped = this.clipped(x)
    return f64x2.neg(blend(y, log(clipped), log1p(f64x2.neg(clipped))))
  }

  byInput (x: v128, y: v128): v128 {
    const one = f64x2.splat(1)
    const inside = within(x, this.epsilon, 1 - this.epsilon)
    const straight = where(inside, blend(y, f64x2.neg(div(one, x)), div(one, rest(x))))
    const slope = add(mul(power(this.miss(x, y), this.gamma), straight), mul(this.focus(x, y), tilt(y)))
    return mul(share(this, y), slope)
  }

  byLabel (x: v128, y: v128): v128 {
    const clipped = this.clipped(x)
    const factor = power(this.miss(x, y), this.gamma)
    const straight = mul(factor, sub(log1p(f64x2.neg(clipped)), log(clipped)))
    const slope = mul(share(this, y), add(straight, mul(this.focus(x, y), tilt(x))))
    return add(byShare(this, factor, this.entropy(x, y)), slope)
  }

  /** γ(1 − p_t)^(γ − 1) times the cross entropy. */
  focus (x: v128, y: v128): v128 {
    if (this.gamma == 0) return f64x2.splat(0)
    return mul(mul(f64x2.splat(this.gamma), power(this.miss(x, y), this.gamma - 1)), this.entropy(x, y))
  }

  @inline clipped (x: v128): v128 { return clip(x, this.epsilon, 1 - this.epsilon) }
}

/** 1 − x. */
function rest (x: v128): v128 { return sub(f64x2.splat(1), x) }

/** 1 − 2x. */
function tilt (x: v128): v128 { return sub(f64x2.splat(1), add(x, x)) }
