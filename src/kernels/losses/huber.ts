import { Pointwise, pointwise } from '../pointwise'

/** w·½(x − y)² up to |x − y| = δ, from there on w·δ(|x − y| − ½δ); PyTorch `F.huber_loss`. */
@final @unmanaged class Huber extends Pointwise {
  delta: f64

  /** Strictly below δ, as in PyTorch: only where δ and the difference are infinite does it matter, and gives NaN. */
  @inline value (input: v128, target: v128, _extra: v128): v128 {
    const delta = f64x2.splat(this.delta)
    const error = f64x2.abs(f64x2.sub(input, target))
    const half = f64x2.splat(0.5)
    const near = f64x2.mul(half, f64x2.mul(error, error))
    const far = f64x2.mul(delta, f64x2.sub(error, f64x2.mul(half, delta)))
    return v128.bitselect(near, far, f64x2.lt(error, delta))
  }

  /** x − y within [−δ, δ]; NaN stays NaN. */
  @inline gradient (input: v128, target: v128, _extra: v128): v128 {
    const error = f64x2.sub(input, target)
    return f64x2.max(f64x2.min(error, f64x2.splat(this.delta)), f64x2.splat(-this.delta))
  }

  @inline gradientTarget (input: v128, target: v128, extra: v128): v128 { return this.gradient(target, input, extra) }
}

export function huber_f32 (call: usize): void { pointwise<Huber, f32>(call) }
export function huber_f64 (call: usize): void { pointwise<Huber, f64>(call) }
