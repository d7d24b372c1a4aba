import { decayIn, decayOf, log1pUnitIn, log1pUnitOf, logSigmoidOf } from '../functions/of'
import { Elementwise, EXTRA, pointwise, QUICK, TARGET } from '../pointwise'

/**
 * (1 − y)·x − (1 + (p − 1)·y)·ln σ(x) with the positive weight p; PyTorch `F.binary_cross_entropy_with_logits`.
 * Written as |x|·(x > 0 ? 1 − y : p·y) + (1 − y + p·y)·ln(1 + e^−|x|), whose terms do not cancel for y in [0, 1].
 * Where something is infinite, PyTorch's own order of operations says what becomes NaN.
 */
@final @unmanaged class BinaryCrossEntropyWithLogits<T extends number> extends Elementwise {
  @inline kind (): u32 { return TARGET | EXTRA | QUICK }

  /** e^−|x|. */
  @inline first (input: v128): v128 { return decayIn<T>(input) }

  /** ln(1 + e^−|x|). */
  @inline second (_input: v128, decay: v128): v128 { return log1pUnitIn<T>(decay) }

  @inline valueWith (input: v128, target: v128, positive: v128, _decay: v128, rest: v128, exact: bool): v128 {
    const off = f64x2.sub(f64x2.splat(1), target)
    const on = f64x2.mul(positive, target)
    const share = v128.bitselect(off, on, f64x2.gt(input, f64x2.splat(0)))
    const stable = f64x2.add(f64x2.mul(f64x2.abs(input), share), f64x2.mul(f64x2.add(off, on), rest))
    return exact ? this.repaired(stable, input, target, positive, rest) : stable
  }

  /** `stable` where that is finite, elsewhere what PyTorch's order of operations gives. */
  @inline repaired (stable: v128, input: v128, target: v128, positive: v128, rest: v128): v128 {
    const finite = f64x2.eq(f64x2.sub(stable, stable), f64x2.splat(0))
    const one = f64x2.splat(1)
    const factor = f64x2.add(one, f64x2.mul(f64x2.sub(positive, one), target))
    const logarithm = f64x2.sub(f64x2.pmin(input, f64x2.splat(0)), rest)
    const plain = f64x2.sub(f64x2.mul(f64x2.sub(one, target), input), f64x2.mul(factor, logarithm))
    return v128.bitselect(stable, plain, finite)
  }

  /**
   * (1 − y)·σ(x) − p·y·σ(−x), which is finite at ±∞. The two may cancel, and so e^−|x| is taken anew: rounded to
   * float32 it would not be accurate enough.
   */
  @inline gradientWith (input: v128, target: v128, positive: v128, prepared: v128, _rest: v128): v128 {
    const one = f64x2.splat(1)
    const decay = sizeof<T>() == 8 ? prepared : decayOf<T>(input)
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

  @inline refuses (_slot: u32, _value: v128): v128 { return f64x2.splat(0) }

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
