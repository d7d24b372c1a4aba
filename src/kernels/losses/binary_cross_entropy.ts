import { log1pOf, logComplementIn, logIn, logOf } from '../functions/of'
import { CHECKED, Elementwise, pointwise, TARGET } from '../pointwise'

/** PyTorch's bound of (1 − x)·x in the gradient: the float32 nearest 1e-12, in both types. */
const LEAST: f64 = 9.999999960041972e-13

/** −y·max(ln x, −100) − (1 − y)·max(ln(1 − x), −100); PyTorch `F.binary_cross_entropy`. */
@final @unmanaged class BinaryCrossEntropy<T extends number> extends Elementwise {
  @inline kind (): u32 { return TARGET | CHECKED }

  @inline first (input: v128): v128 { return logIn<T>(input) }

  /** ln(1 − x). */
  @inline second (input: v128, _first: v128): v128 { return logComplementIn<T>(input) }

  @inline valueWith (_input: v128, target: v128, _extra: v128, first: v128, second: v128, _exact: bool): v128 {
    const negative = f64x2.mul(f64x2.sub(target, f64x2.splat(1)), this.clamped(second))
    return f64x2.sub(negative, f64x2.mul(target, this.clamped(first)))
  }

  /** The clamp of the logarithms is not differentiated. */
  @inline gradientWith (input: v128, target: v128, _extra: v128, _first: v128, _second: v128): v128 {
    const spread = f64x2.mul(f64x2.sub(f64x2.splat(1), input), input)
    return f64x2.div(f64x2.sub(input, target), f64x2.max(spread, f64x2.splat(LEAST)))
  }

  @inline gradientTarget (input: v128, _target: v128, _extra: v128): v128 {
    return f64x2.sub(log1pOf<T>(f64x2.neg(input)), logOf<T>(input))
  }

  @inline clamped (logarithm: v128): v128 { return f64x2.pmax(logarithm, f64x2.splat(-100)) }

  @inline refuses (_slot: u32, value: v128): v128 {
    return v128.not(v128.and(f64x2.ge(value, f64x2.splat(0)), f64x2.le(value, f64x2.splat(1))))
  }
}

export function binary_cross_entropy_f32 (call: usize): void { pointwise<BinaryCrossEntropy<f32>, f32>(call) }
export function binary_cross_entropy_f64 (call: usize): void { pointwise<BinaryCrossEntropy<f64>, f64>(call) }
