import { Pointwise, pointwise } from '../pointwise'

/** w·|x − y|; PyTorch `F.l1_loss`. */
@final @unmanaged class L1 extends Pointwise {
  @inline value (input: v128, target: v128, _extra: v128): v128 { return f64x2.abs(f64x2.sub(input, target)) }

  /** The sign of x − y, and 0 for 0 and NaN. */
  @inline gradient (input: v128, target: v128, _extra: v128): v128 {
    const above = v128.and(f64x2.gt(input, target), f64x2.splat(1))
    return f64x2.sub(above, v128.and(f64x2.lt(input, target), f64x2.splat(1)))
  }

  @inline gradientTarget (input: v128, target: v128, extra: v128): v128 { return this.gradient(target, input, extra) }
}

export function l1_f32 (call: usize): void { pointwise<L1, f32>(call) }
export function l1_f64 (call: usize): void { pointwise<L1, f64>(call) }
