import { exp, log } from '../functions'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

const TWO_PI: f64 = 6.283185307179586

/** e^x − y·x, or x − y·ln(x + ε), and with `full` Stirling's ln y!; PyTorch `F.poisson_nll_loss`. */
@final @unmanaged class PoissonNll extends Slotwise {
  logInput: f64
  full: f64
  eps: f64

  @inline value (block: Block, at: usize): v128 {
    const input = slot(block, 0, at)
    const target = slot(block, 1, at)
    const rate = this.logInput != 0 ? exp(input) : input
    const loss = f64x2.sub(rate, f64x2.mul(target, logRate(input, this.logInput, this.eps)))
    return this.full != 0 ? f64x2.add(loss, stirling(target)) : loss
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const input = slot(block, 0, at)
    const target = slot(block, 1, at)
    if (k == 0) {
      if (this.logInput != 0) return f64x2.sub(exp(input), target)
      return f64x2.sub(f64x2.splat(1), f64x2.div(target, f64x2.add(input, f64x2.splat(this.eps))))
    }
    const slope = f64x2.neg(logRate(input, this.logInput, this.eps))
    return this.full != 0 ? f64x2.add(slope, stirlingSlope(target)) : slope
  }
}

/** The logarithm of the rate. */
// @ts-ignore: decorator
@inline function logRate (input: v128, logInput: f64, eps: f64): v128 {
  return logInput != 0 ? input : log(f64x2.add(input, f64x2.splat(eps)))
}

/** y·ln y − y + ½·ln(2πy) where y > 1, else 0. */
// @ts-ignore: decorator
@inline function stirling (y: v128): v128 {
  const half = f64x2.mul(f64x2.splat(0.5), log(f64x2.mul(y, f64x2.splat(TWO_PI))))
  const sum = f64x2.add(f64x2.sub(f64x2.mul(y, log(y)), y), half)
  return v128.andnot(sum, f64x2.le(y, f64x2.splat(1)))
}

/** ln y + 1/(2y) where y > 1; elsewhere 0, but NaN where y ≤ 0, as PyTorch differentiates what it then masks. */
// @ts-ignore: decorator
@inline function stirlingSlope (y: v128): v128 {
  const slope = f64x2.add(log(y), f64x2.div(f64x2.splat(0.5), y))
  const kept = v128.andnot(slope, f64x2.le(y, f64x2.splat(1)))
  return v128.or(kept, f64x2.le(y, f64x2.splat(0)))
}

export function poisson_nll_f32 (call: usize): void { slotwise<PoissonNll, f32>(call) }
export function poisson_nll_f64 (call: usize): void { slotwise<PoissonNll, f64>(call) }
