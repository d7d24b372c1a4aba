// Focal losses of probabilities, which are clipped inside the logarithms only.
import { add, div, mul, sub } from '../functions/arithmetic'
import { log, log1p } from '../functions/index'
import { clip, within } from '../slots/clip'
import { where } from '../slots/kinks'
import { Block, slot } from '../slotwise'
import { blend, byShare, Focal, labels, lossOf, power, share, unsmoothed } from './parts'

@final @unmanaged export class FocalOfProbabilities extends Focal {
  @inline value (block: Block, at: usize): v128 {
    const x = slot(block, 0, at)
    const y = labels(this, block, at)
    return lossOf(this, y, miss(x, y), entropy(this, x, y))
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const y = labels(this, block, at)
    return k == 0 ? byProbability(this, slot(block, 0, at), y) : byLabel(this, slot(block, 0, at), y)
  }
}

/** 1 − x. */
function rest (x: v128): v128 { return sub(f64x2.splat(1), x) }

/** 1 − 2x. */
function tilt (x: v128): v128 { return sub(f64x2.splat(1), add(x, x)) }

/** 1 − p_t. */
function miss (x: v128, y: v128): v128 { return blend(y, rest(x), x) }

/** −y·log p − (1 − y)·log q, of a clipped p. */
function entropy (focal: Focal, x: v128, y: v128): v128 {
  const clipped = clip(x, focal.epsilon, 1 - focal.epsilon)
  return f64x2.neg(blend(y, log(clipped), log1p(f64x2.neg(clipped))))
}

/** γ(1 − p_t)^(γ − 1) times the cross entropy. */
function focus (focal: Focal, x: v128, y: v128): v128 {
  if (focal.gamma == 0) return f64x2.splat(0)
  return mul(mul(f64x2.splat(focal.gamma), power(miss(x, y), focal.gamma - 1)), entropy(focal, x, y))
}

/** The slope by the probability. */
function byProbability (focal: Focal, x: v128, y: v128): v128 {
  const one = f64x2.splat(1)
  const straight = where(within(x, focal.epsilon, 1 - focal.epsilon), blend(y, f64x2.neg(div(one, x)), div(one, rest(x))))
  const slope = add(mul(power(miss(x, y), focal.gamma), straight), mul(focus(focal, x, y), tilt(y)))
  return mul(share(focal, y), slope)
}

/** The slope by the label. */
function byLabel (focal: Focal, x: v128, y: v128): v128 {
  const clipped = clip(x, focal.epsilon, 1 - focal.epsilon)
  const factor = power(miss(x, y), focal.gamma)
  const straight = mul(factor, sub(log1p(f64x2.neg(clipped)), log(clipped)))
  const slope = mul(share(focal, y), add(straight, mul(focus(focal, x, y), tilt(x))))
  return unsmoothed(focal, add(byShare(focal, factor, entropy(focal, x, y)), slope))
}
