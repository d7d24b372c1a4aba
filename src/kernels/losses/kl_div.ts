import { exp, log, xlogy } from '../functions'
import { Pointwise, pointwise } from '../pointwise'

/** t·ln t − t·x, or e^t·(t − x) of a target in logarithms; PyTorch `F.kl_div`, in its order of operations. */
@final @unmanaged class KlDiv extends Pointwise {
  logTarget: f64

  @inline value (input: v128, target: v128, _extra: v128): v128 {
    if (this.logTarget != 0) return f64x2.mul(exp(target), f64x2.sub(target, input))
    return f64x2.sub(xlogy(target, target), f64x2.mul(target, input))
  }

  @inline gradient (_input: v128, target: v128, _extra: v128): v128 {
    return f64x2.neg(this.logTarget != 0 ? exp(target) : target)
  }

  /** ln t + 1 − x; the 1 is t/t, which makes it NaN at t = 0, as in PyTorch. */
  @inline gradientTarget (input: v128, target: v128, _extra: v128): v128 {
    if (this.logTarget != 0) return f64x2.mul(exp(target), f64x2.add(f64x2.sub(target, input), f64x2.splat(1)))
    return f64x2.add(f64x2.sub(log(target), input), f64x2.div(target, target))
  }
}

export function kl_div_f32 (call: usize): void { pointwise<KlDiv, f32>(call) }
export function kl_div_f64 (call: usize): void { pointwise<KlDiv, f64>(call) }
