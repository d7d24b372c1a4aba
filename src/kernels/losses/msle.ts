import { log1p } from '../functions'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** `epsilon` that clips nothing: then numbers of at most −1, which have no logarithm, are refused. */
const NONE: f64 = -1

/** (ln(1 + x) − ln(1 + y))², of x and y clipped below at epsilon. */
@final @unmanaged class Msle extends Slotwise {
  epsilon: f64

  @inline value (block: Block, at: usize): v128 {
    const error = logRatio(clipped(block, 0, at, this.epsilon), clipped(block, 1, at, this.epsilon))
    return f64x2.mul(error, error)
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const own = clipped(block, k, at, this.epsilon)
    const error = logRatio(own, clipped(block, 1 - k, at, this.epsilon))
    const slope = f64x2.div(f64x2.add(error, error), f64x2.add(own, f64x2.splat(1)))
    if (this.epsilon == NONE) return slope
    return v128.and(slope, f64x2.ge(slot(block, k, at), f64x2.splat(this.epsilon)))
  }

  @inline refuses (block: Block, at: usize, k: u32): v128 {
    if (this.epsilon != NONE) return f64x2.splat(0)
    return f64x2.le(slot(block, k, at), f64x2.splat(NONE))
  }
}

/** Two entries of slot `k`; NaN stays. */
// @ts-ignore: decorator
@inline function clipped (block: Block, k: u32, at: usize, epsilon: f64): v128 {
  return f64x2.pmax(slot(block, k, at), f64x2.splat(epsilon))
}

/**
 * ln((1 + x)/(1 + y)), exact in relative terms also where x and y are close: with h the greater and l the lesser it is
 * ±ln(1 + (h − l)/(1 + l)), and where that quotient is large the difference of logarithms, as the quotient overflows.
 */
// @ts-ignore: decorator
@inline function logRatio (x: v128, y: v128): v128 {
  const less = f64x2.lt(x, y)
  const low = v128.bitselect(x, y, less)
  const high = v128.bitselect(y, x, less)
  const excess = f64x2.div(f64x2.sub(high, low), f64x2.add(low, f64x2.splat(1)))
  const near = f64x2.le(excess, f64x2.splat(1))
  const far = v128.all_true<i64>(near) ? excess : f64x2.sub(log1p(high), log1p(low))
  const size = v128.bitselect(log1p(excess), far, near)
  return v128.bitselect(f64x2.neg(size), size, less)
}

export function msle_f32 (call: usize): void { slotwise<Msle, f32>(call) }
export function msle_f64 (call: usize): void { slotwise<Msle, f64>(call) }
