import { decayOf, log1pUnitOf, logSigmoidOf } from '../functions/of'
import { ExtendedPointwise, pointwise } from '../pointwise'

/**
 * (1 − y)·x − (1 + (p − 1)·y)·ln σ(x) with the positive weight p; PyTorch `F.binary_cross_entropy_with_logits`.
 * Written as |x|·(x > 0 ? 1 − y : p·y) + (1 − y + p·y)·ln(1 + e^−|x|), whose terms do not cancel for y in [0, 1].
 * Where something is infinite, PyTorch's own order of operations says what becomes NaN.
 */
@final @unmanaged class BinaryCrossEntropyWithLogits<T extends number> extends ExtendedPointwise {
  @inline value (input: v128, target: v128, positive: v128): v128 {
    const stable = this.quick(input, target, positive)
    const finite = f64x2.eq(f64x2.sub(stable, stable), f64x2.splat(0))
    const one = f64x2.splat(1)
    const factor = f64x2.add(one, f64x2.mul(f64x2.sub(positive, one), target))
    const plain = f64x2.sub(f64x2.mul(f64x2.sub(one, target), input), f64x2.mul(factor, logSigmoidOf<T>(input)))
    return v128.bitselect(stable, plain, finite)
  }

  @inline quick (input: v128, target: v128, positive: v128): v128 {
    const off = f64x2.sub(f64x2.splat(1), target)
    const on = f64x2.mul(positive, target)
    const share = v128.bitselect(off, on, f64x2.gt(input, f64x2.splat(0)))
    const rest = f64x2.mul(f64x2.add(off, on), this.rest(input))
    return f64x2.add(f64x2.mul(f64x2.abs(input), share), rest)
  }

  /** (1 − y)·σ(x) − p·y·σ(−x), which is finite at ±∞. */
  @inline gradient (input: v128, target: v128, positive: v128): v128 {
    const one = f64x2.splat(1)
    const decay = decayOf<T>(input)
    const below = f64x2.lt(input, f64x2.splat(0))
    const off = f64x2.mul(f64x2.sub(one, target), v128.bitselect(decay, one, below))
    const on = f64x2.mul(f64x2.mul(positive, target), v128.bitselect(one, decay, below))
    return f64x2.div(f64x2.sub(off, on), f64x2.add(one, decay))
  }

  /** −x − (p − 1)·ln σ(x), as p·max(−x, 0) − max(x, 0) + (p − 1)·ln(1 + e^−|x|). */
  @inline gradientTarget (input: v128, _target: v128, positive: v128): v128 {
    const zero = f64x2.splat(0)
    const linear = f64x2.sub(f64x2.mul(positive, f64x2.pmax(f64x2.neg(input), zero)), f64x2.pmax(input, zero))
    const stable = f64x2.add(linear, f64x2.mul(f64x2.sub(positive, f64x2.splat(1)), this.rest(input)))
    const plain = f64x2.sub(logSigmoidOf<T>(f64x2.neg(input)), f64x2.mul(positive, logSigmoidOf<T>(input)))
    return v128.bitselect(stable, plain, this.finite(input, positive, positive))
  }

  /** ln(1 + e^−|x|). */
  @inline rest (input: v128): v128 { return log1pUnitOf<T>(decayOf<T>(input)) }

  /** Lanes in which nothing is infinite or NaN. */
  @inline finite (a: v128, b: v128, c: v128): v128 {
    const differences = f64x2.add(f64x2.add(f64x2.sub(a, a), f64x2.sub(b, b)), f64x2.sub(c, c))
    return f64x2.eq(differences, differences)
  }
}

export function binary_cross_entropy_with_logits_f32 (call: usize): void {
  pointwise<BinaryCrossEntropyWithLogits<f32>, f32>(call)
}
export function binary_cross_entropy_with_logits_f64 (call: usize): void {
  pointwise<BinaryCrossEntropyWithLogits<f64>, f64>(call)
}
