import { log } from '../functions'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

const VARIANCE: u32 = 2
/** ½·ln 2π. */
const CONSTANT: f64 = 0.9189385332046727

/** ½·(ln v + (x − y)²/v) with v = max(variance, ε); PyTorch `F.gaussian_nll_loss`. */
@final @unmanaged class GaussianNll extends Slotwise {
  full: f64
  eps: f64

  @inline value (block: Block, at: usize): v128 {
    const error = f64x2.sub(slot(block, 0, at), slot(block, 1, at))
    const variance = varianceAt(block, at, this.eps)
    const quotient = f64x2.div(f64x2.mul(error, error), variance)
    const loss = f64x2.mul(f64x2.splat(0.5), f64x2.add(log(variance), quotient))
    return this.full != 0 ? f64x2.add(loss, f64x2.splat(CONSTANT)) : loss
  }

  /** The clamp lets the gradient of the variance pass, as if v were the variance. */
  @inline slope (block: Block, at: usize, k: u32): v128 {
    const variance = varianceAt(block, at, this.eps)
    const error = f64x2.sub(slot(block, k & 1, at), slot(block, 1 - (k & 1), at))
    if (k != VARIANCE) return f64x2.div(error, variance)
    const quotient = f64x2.div(f64x2.mul(error, error), variance)
    return f64x2.mul(f64x2.splat(0.5), f64x2.div(f64x2.sub(f64x2.splat(1), quotient), variance))
  }

  @inline refuses (block: Block, at: usize, k: u32): v128 {
    return k == VARIANCE ? f64x2.lt(slot(block, k, at), f64x2.splat(0)) : f64x2.splat(0)
  }
}

/** max(variance, ε) of two entries; NaN stays. */
// @ts-ignore: decorator
@inline function varianceAt (block: Block, at: usize, eps: f64): v128 {
  return f64x2.pmax(slot(block, VARIANCE, at), f64x2.splat(eps))
}

export function gaussian_nll_f32 (call: usize): void { slotwise<GaussianNll, f32>(call) }
export function gaussian_nll_f64 (call: usize): void { slotwise<GaussianNll, f64>(call) }
