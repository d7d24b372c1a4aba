import { exp, expm1, log, log1p, softplus } from '../functions/index'
import { pull } from '../slots/preference'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

/** nll − β·ln σ(log-odds of the chosen less those of the rejected completion); Hong, Lee and Thorne 2024. */
@final @unmanaged class Orpo extends Slotwise {
  beta: f64

  @inline value (block: Block, at: usize): v128 {
    const chosen = slot(block, 0, at)
    const rejected = slot(block, 1, at)
    const odds = f64x2.sub(f64x2.sub(chosen, rejected), f64x2.sub(log1mexp(chosen), log1mexp(rejected)))
    return f64x2.add(slot(block, 2, at), f64x2.mul(f64x2.splat(this.beta), softplus(f64x2.neg(odds))))
  }

  /**
   * With the odds o = e^c/(1 − e^c): σ(−ln(o_c/o_r)) = (1 − e^c)/D, D = (1 − e^c) + e^(c − r)·(1 − e^r). The slope of ln o is
   * 1/(1 − e^c), so that its pole at c = 0 cancels.
   */
  @inline slope (block: Block, at: usize, k: u32): v128 {
    if (k == 2) return f64x2.splat(1)
    const chosen = rest(slot(block, 0, at))
    const rejected = rest(slot(block, 1, at))
    const ratio = exp(f64x2.sub(slot(block, 0, at), slot(block, 1, at)))
    const factor = f64x2.div(f64x2.splat(-this.beta), f64x2.add(chosen, f64x2.mul(ratio, rejected)))
    return pull(k, k == 0 ? factor : f64x2.mul(factor, f64x2.div(chosen, rejected)))
  }
}

/** 1 − e^x of x ≤ 0, else NaN. */
// @ts-ignore: decorator
@inline function rest (x: v128): v128 {
  return v128.bitselect(f64x2.splat(NaN), f64x2.neg(expm1(x)), f64x2.gt(x, f64x2.splat(0)))
}

/** ln(1 − e^x) of x ≤ 0, by the logarithm whose argument keeps its digits; Mächler 2012. */
// @ts-ignore: decorator
@inline function log1mexp (x: v128): v128 {
  const near = f64x2.gt(x, f64x2.splat(-0.6931471805599453))
  return v128.bitselect(log(rest(x)), log1p(f64x2.neg(exp(x))), near)
}

export function orpo_f32 (call: usize): void { slotwise<Orpo, f32>(call) }
export function orpo_f64 (call: usize): void { slotwise<Orpo, f64>(call) }
