import { Pointwise, pointwise } from '../pointwise'

/** w·scale·(x − y)²; PyTorch `F.mse_loss`, with `scale` ½ optax `l2_loss`. */
@final @unmanaged class Mse extends Pointwise {
  scale: f64

  @inline value (input: v128, target: v128, _extra: v128): v128 {
    const error = f64x2.sub(input, target)
    return f64x2.mul(f64x2.splat(this.scale), f64x2.mul(error, error))
  }

  @inline gradient (input: v128, target: v128, _extra: v128): v128 {
    return f64x2.mul(f64x2.splat(2 * this.scale), f64x2.sub(input, target))
  }

  @inline gradientTarget (input: v128, target: v128, _extra: v128): v128 {
    return f64x2.mul(f64x2.splat(2 * this.scale), f64x2.sub(target, input))
  }
}

export function mse_f32 (call: usize): void { pointwise<Mse, f32>(call) }
export function mse_f64 (call: usize): void { pointwise<Mse, f64>(call) }
