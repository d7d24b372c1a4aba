import { Distance, pointwise } from '../pointwise'

/** w·½(x − y)² up to |x − y| = δ, from there on w·δ(|x − y| − ½δ); PyTorch `F.huber_loss`. */
@final @unmanaged class Huber extends Distance {
  delta: f64

  /** Strictly below δ, as in PyTorch: only where δ and the difference are infinite does it matter, and gives NaN. */
  @inline value (difference: v128, _target: v128, _extra: v128): v128 {
    const delta = f64x2.splat(this.delta)
    const error = f64x2.abs(difference)
    const half = f64x2.splat(0.5)
    const near = f64x2.mul(half, f64x2.mul(error, error))
    const far = f64x2.mul(delta, f64x2.sub(error, f64x2.mul(half, delta)))
    return v128.bitselect(near, far, f64x2.lt(error, delta))
  }

  /** x − y within [−δ, δ]; NaN stays NaN. */
  @inline gradient (error: v128, _target: v128, _extra: v128): v128 {
    return f64x2.pmax(f64x2.pmin(error, f64x2.splat(this.delta)), f64x2.splat(-this.delta))
  }
}

export function huber_f32 (call: usize): void { pointwise<Huber, f32>(call) }
export function huber_f64 (call: usize): void { pointwise<Huber, f64>(call) }
