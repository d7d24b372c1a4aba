import { decayIn } from '../functions/of'
import { pointwise, Unary } from '../pointwise'

/** 1/(1 + e^−x), for negative x as e^x/(1 + e^x); PyTorch `torch.sigmoid`. */
@final @unmanaged class Sigmoid<T extends number> extends Unary {
  /** e^−|x|. */
  @inline first (input: v128): v128 { return decayIn<T>(input) }

  @inline valueWith (input: v128, _target: v128, _extra: v128, decay: v128, _second: v128, _exact: bool): v128 {
    const one = f64x2.splat(1)
    return f64x2.div(v128.bitselect(decay, one, f64x2.lt(input, f64x2.splat(0))), f64x2.add(one, decay))
  }

  /** σ(x)·σ(−x), which does not vanish before its factors do. */
  @inline gradientWith (_input: v128, _target: v128, _extra: v128, decay: v128, _second: v128): v128 {
    const bottom = f64x2.add(f64x2.splat(1), decay)
    return f64x2.div(decay, f64x2.mul(bottom, bottom))
  }
}

export function sigmoid_f32 (call: usize): void { pointwise<Sigmoid<f32>, f32>(call) }
export function sigmoid_f64 (call: usize): void { pointwise<Sigmoid<f64>, f64>(call) }
