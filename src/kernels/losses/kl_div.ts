import { CALL_OPTIONS } from '../layout'
import { expOf, logOf, logPositiveOf, xlogyOf } from '../functions/of'
import { Pointwise, pointwise, QuickPointwise } from '../pointwise'

/** t·ln t − t·x; PyTorch `F.kl_div`, in its order of operations. */
@final @unmanaged class KlDiv<T extends number> extends QuickPointwise {
  @inline value (input: v128, target: v128, _extra: v128): v128 {
    return f64x2.sub(xlogyOf<T>(target, target), f64x2.mul(target, input))
  }

  /** 0·(a finite logarithm) = 0, so that only t < 0 and t = ∞ are special, and are not finite. */
  @inline quick (input: v128, target: v128, _extra: v128): v128 {
    const negative = f64x2.lt(target, f64x2.splat(0))
    return v128.or(f64x2.sub(f64x2.mul(target, logPositiveOf<T>(target)), f64x2.mul(target, input)), negative)
  }

  @inline gradient (_input: v128, target: v128, _extra: v128): v128 { return f64x2.neg(target) }

  /** ln t + 1 − x; the 1 is t/t, which makes it NaN at t = 0, as in PyTorch. */
  @inline gradientTarget (input: v128, target: v128, _extra: v128): v128 {
    return f64x2.add(f64x2.sub(logOf<T>(target), input), f64x2.div(target, target))
  }
}

/** e^t·(t − x), of a target in logarithms. */
@final @unmanaged class KlDivOfLog<T extends number> extends Pointwise {
  @inline value (input: v128, target: v128, _extra: v128): v128 {
    return f64x2.mul(expOf<T>(target), f64x2.sub(target, input))
  }

  @inline gradient (_input: v128, target: v128, _extra: v128): v128 { return f64x2.neg(expOf<T>(target)) }

  @inline gradientTarget (input: v128, target: v128, _extra: v128): v128 {
    return f64x2.mul(expOf<T>(target), f64x2.add(f64x2.sub(target, input), f64x2.splat(1)))
  }
}

/** The one option says whether the target is in logarithms. */
function klDiv<T extends number> (call: usize): void {
  if (load<f64>(call, CALL_OPTIONS) != 0) pointwise<KlDivOfLog<T>, T>(call)
  else pointwise<KlDiv<T>, T>(call)
}

export function kl_div_f32 (call: usize): void { klDiv<f32>(call) }
export function kl_div_f64 (call: usize): void { klDiv<f64>(call) }
