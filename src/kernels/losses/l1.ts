import { Distance, pointwise } from '../pointwise'

/** w·|x − y|; PyTorch `F.l1_loss`. */
@final @unmanaged class L1 extends Distance {
  @inline value (error: v128, _target: v128, _extra: v128): v128 { return f64x2.abs(error) }

  /** The sign of x − y, and 0 for 0 and NaN. */
  @inline gradient (error: v128, _target: v128, _extra: v128): v128 {
    const above = v128.and(f64x2.gt(error, f64x2.splat(0)), f64x2.splat(1))
    return f64x2.sub(above, v128.and(f64x2.lt(error, f64x2.splat(0)), f64x2.splat(1)))
  }
}

export function l1_f32 (call: usize): void { pointwise<L1, f32>(call) }
export function l1_f64 (call: usize): void { pointwise<L1, f64>(call) }
