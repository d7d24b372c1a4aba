import { decayIn, log1pUnitIn } from '../functions/of'
import { pointwise, Unary } from '../pointwise'

/** ln(1/(1 + e^−x)); PyTorch `F.logsigmoid`. */
@final @unmanaged class LogSigmoid<T extends number> extends Unary {
  /** e^−|x|. */
  @inline first (input: v128): v128 { return decayIn<T>(input) }

  /** ln(1 + e^−|x|). */
  @inline second (_input: v128, decay: v128): v128 { return log1pUnitIn<T>(decay) }

  @inline valueWith (input: v128, _target: v128, _extra: v128, _decay: v128, rest: v128, _exact: bool): v128 {
    return f64x2.sub(f64x2.pmin(input, f64x2.splat(0)), rest)
  }

  /** σ(−x). */
  @inline gradientWith (input: v128, _target: v128, _extra: v128, decay: v128, _rest: v128): v128 {
    const one = f64x2.splat(1)
    return f64x2.div(v128.bitselect(decay, one, f64x2.gt(input, f64x2.splat(0))), f64x2.add(one, decay))
  }
}

export function log_sigmoid_f32 (call: usize): void { pointwise<LogSigmoid<f32>, f32>(call) }
export function log_sigmoid_f64 (call: usize): void { pointwise<LogSigmoid<f64>, f64>(call) }
