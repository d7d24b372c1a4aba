// Focal losses of logits. p and q are taken apart, so that nothing loses digits where one of them is near 1; nothing is
// divided by a miss that underflows, so that slopes vanish there as the losses do.
import { add, div, mul, sub } from '../functions/arithmetic'
import { exp, logSigmoid, sigmoid, tanh } from '../functions/index'
import { clip, within } from '../slots/clip'
import { where } from '../slots/kinks'
import { Block, slot } from '../slotwise'
import { blend, byShare, Focal, labels, lossOf, power, share, times, unsmoothed } from './parts'

@final @unmanaged export class FocalOfLogits extends Focal {
  @inline value (block: Block, at: usize): v128 {
    const x = slot(block, 0, at)
    const y = labels(this, block, at)
    return lossOf(this, y, miss(x, y), entropy(this, x, y))
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const y = labels(this, block, at)
    return k == 0 ? byLogit(this, slot(block, 0, at), y) : byLabel(this, slot(block, 0, at), y)
  }
}

/** 1 − p_t. */
function miss (x: v128, y: v128): v128 { return blend(y, sigmoid(f64x2.neg(x)), sigmoid(x)) }

/** −y·log p − (1 − y)·log q, of a clipped p. */
function entropy (focal: Focal, x: v128, y: v128): v128 {
  const clipped = clip(x, -focal.limit, focal.limit)
  return f64x2.neg(blend(y, logSigmoid(clipped), logSigmoid(f64x2.neg(clipped))))
}

/** ∂ log(1 − p_t)/∂x = (1 − 2y)pq/(yq + (1 − y)p), in e^x. */
function missSlope (x: v128, y: v128): v128 {
  const ratio = add(f64x2.splat(1), blend(y, exp(f64x2.neg(x)), exp(x)))
  return div(sub(f64x2.splat(1), add(y, y)), ratio)
}

/** The slope by the logit. */
function byLogit (focal: Focal, x: v128, y: v128): v128 {
  const factor = mul(share(focal, y), power(miss(x, y), focal.gamma))
  const straight = where(within(x, -focal.limit, focal.limit), blend(y, f64x2.neg(sigmoid(f64x2.neg(x))), sigmoid(x)))
  const focus = mul(f64x2.splat(focal.gamma), times(missSlope(x, y), entropy(focal, x, y)))
  return mul(factor, add(straight, focus))
}

/** The slope by the label: q − p = −tanh(x/2), and the logarithms of q and p differ by −x. */
function byLabel (focal: Focal, x: v128, y: v128): v128 {
  const missed = miss(x, y)
  const factor = power(missed, focal.gamma)
  const loss = entropy(focal, x, y)
  const ratio = v128.andnot(div(loss, missed), f64x2.eq(missed, f64x2.splat(0)))
  const focus = mul(f64x2.splat(focal.gamma), mul(mul(factor, ratio), tanh(mul(x, f64x2.splat(0.5)))))
  const straight = add(times(factor, clip(x, -focal.limit, focal.limit)), focus)
  const slope = sub(byShare(focal, factor, loss), mul(share(focal, y), straight))
  return unsmoothed(focal, slope)
}
