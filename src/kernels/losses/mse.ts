import { CALL_OPTIONS } from '../layout'
import { Distance, pointwise } from '../pointwise'

/** w·(x − y)²; PyTorch `F.mse_loss`. */
@final @unmanaged class Mse extends Distance {
  @inline value (error: v128, _target: v128, _extra: v128): v128 { return f64x2.mul(error, error) }

  @inline gradient (error: v128, _target: v128, _extra: v128): v128 { return f64x2.add(error, error) }
}

/** w·scale·(x − y)²; with `scale` ½ optax `l2_loss`. */
@final @unmanaged class ScaledMse extends Distance {
  scale: f64

  @inline value (error: v128, _target: v128, _extra: v128): v128 {
    return f64x2.mul(f64x2.splat(this.scale), f64x2.mul(error, error))
  }

  @inline gradient (error: v128, _target: v128, _extra: v128): v128 {
    return f64x2.mul(f64x2.splat(2 * this.scale), error)
  }
}

function mse<T extends number> (call: usize): void {
  if (load<f64>(call, CALL_OPTIONS) == 1) pointwise<Mse, T>(call)
  else pointwise<ScaledMse, T>(call)
}

export function mse_f32 (call: usize): void { mse<f32>(call) }
export function mse_f64 (call: usize): void { mse<f64>(call) }
