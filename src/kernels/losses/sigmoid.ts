import { sigmoid } from '../functions'
import { pointwise, Unary } from '../pointwise'

/** 1/(1 + e^−x); PyTorch `torch.sigmoid`. */
@final @unmanaged class Sigmoid extends Unary {
  @inline value (input: v128, _target: v128, _extra: v128): v128 { return sigmoid(input) }

  /** σ(x)·σ(−x), which does not vanish before its factors do. */
  @inline gradient (input: v128, _target: v128, _extra: v128): v128 {
    return f64x2.mul(sigmoid(input), sigmoid(f64x2.neg(input)))
  }
}

export function sigmoid_f32 (call: usize): void { pointwise<Sigmoid, f32>(call) }
export function sigmoid_f64 (call: usize): void { pointwise<Sigmoid, f64>(call) }
