import { logSigmoid, sigmoid } from '../functions'
import { pointwise, Unary } from '../pointwise'

/** ln(1/(1 + e^−x)); PyTorch `F.logsigmoid`. */
@final @unmanaged class LogSigmoid extends Unary {
  @inline value (input: v128, _target: v128, _extra: v128): v128 { return logSigmoid(input) }

  @inline gradient (input: v128, _target: v128, _extra: v128): v128 { return sigmoid(f64x2.neg(input)) }
}

export function log_sigmoid_f32 (call: usize): void { pointwise<LogSigmoid, f32>(call) }
export function log_sigmoid_f64 (call: usize): void { pointwise<LogSigmoid, f64>(call) }
