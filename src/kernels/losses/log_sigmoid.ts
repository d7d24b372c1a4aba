import { decayOf, log1pUnitOf } from '../functions/of'
import { pointwise, Unary } from '../pointwise'

/** ln(1/(1 + e^−x)); PyTorch `F.logsigmoid`. */
@final @unmanaged class LogSigmoid<T extends number> extends Unary {
  @inline value (input: v128, _target: v128, _extra: v128): v128 {
    return f64x2.sub(f64x2.pmin(input, f64x2.splat(0)), log1pUnitOf<T>(decayOf<T>(input)))
  }

  /** σ(−x). */
  @inline gradient (input: v128, _target: v128, _extra: v128): v128 {
    const one = f64x2.splat(1)
    const decay = decayOf<T>(input)
    return f64x2.div(v128.bitselect(decay, one, f64x2.gt(input, f64x2.splat(0))), f64x2.add(one, decay))
  }
}

export function log_sigmoid_f32 (call: usize): void { pointwise<LogSigmoid<f32>, f32>(call) }
export function log_sigmoid_f64 (call: usize): void { pointwise<LogSigmoid<f64>, f64>(call) }
