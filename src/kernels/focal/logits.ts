// Focal losses of logits. p and q are taken apart, so that nothing loses digits where one of them is near 1; nothing is
// divided by a miss that underflows, so that slopes vanish there as the losses do.
import { add, div, mul, sub } from '../functions/arithmetic'
import { exp, logSigmoid, sigmoid, tanh } from '../functions/index'
import { clip, within } from '../slots/clip'
import { where } from '../slots/kinks'
import { Block } from '../slotwise'
import { blend, byShare, Focal, lossOf, power, share, slopeOf, times } from './parts'

@final @unmanaged export class FocalOfLogits extends Focal {
  @inline value (block: Block, at: usize): v128 { return lossOf<FocalOfLogits>(this, block, at) }
  @inline slope (block: Block, at: usize, k: u32): v128 { return slopeOf<FocalOfLogits>(this, block, at, k) }

  miss (x: v128, y: v128): v128 { return blend(y, sigmoid(f64x2.neg(x)), sigmoid(x)) }

  entropy (x: v128, y: v128): v128 {
    const clipped = clip(x, -this.limit, this.limit)
    return f64x2.neg(blend(y, logSigmoid(clipped), logSigmoid(f64x2.neg(clipped))))
  }

  byInput (x: v128, y: v128): v128 {
    const factor = mul(share(this, y), power(this.miss(x, y), this.gamma))
    const straight = where(within(x, -this.limit, this.limit), blend(y, f64x2.neg(sigmoid(f64x2.neg(x))), sigmoid(x)))
    const focus = mul(f64x2.splat(this.gamma), times(missSlope(x, y), this.entropy(x, y)))
    return mul(factor, add(straight, focus))
  }

  /** q − p = −tanh(x/2), and the logarithms of q and p differ by −x. */
  byLabel (x: v128, y: v128): v128 {
    const missed = this.miss(x, y)
    const factor = power(missed, this.gamma)
    const loss = this.entropy(x, y)
    const ratio = v128.andnot(div(loss, missed), f64x2.eq(missed, f64x2.splat(0)))
    const focus = mul(f64x2.splat(this.gamma), mul(mul(factor, ratio), tanh(mul(x, f64x2.splat(0.5)))))
    const straight = add(times(factor, clip(x, -this.limit, this.limit)), focus)
    return sub(byShare(this, factor, loss), mul(share(this, y), straight))
  }
}

/** ∂ log(1 − p_t)/∂x = (1 − 2y)pq/(yq + (1 − y)p), in e^x. */
function missSlope (x: v128, y: v128): v128 {
  const ratio = add(f64x2.splat(1), blend(y, exp(f64x2.neg(x)), exp(x)))
  return div(sub(f64x2.splat(1), add(y, y)), ratio)
}
