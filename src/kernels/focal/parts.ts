// What focal losses are made of: α_t·(1 − p_t)^γ·(cross entropy), where p is the probability of class 1, q = 1 − p that of
// class 0, and p_t = py + q(1 − y).
import { add, mul, sub } from '../functions/arithmetic'
import { pow, scalarLog } from '../functions/index'
import { CALL_OPTIONS } from '../layout'
import { Block, slot, Slotwise } from '../slotwise'

/** The options, as both kinds of focal losses have them. */
@unmanaged export class Focal extends Slotwise {
  /** The weight of class 1. */
  alpha: f64
  /** … and of class 0. */
  rest: f64
  gamma: f64
  smoothing: f64
  /** Inside logarithms probabilities are clipped to ε and 1 − ε. */
  epsilon: f64
  fromLogits: f64
  /** The logit of 1 − ε. */
  limit: f64

  /** 1 − p_t of input `x` and label `y`. */
  miss (_x: v128, _y: v128): v128 { return f64x2.splat(NaN) }
  /** −y·log p − (1 − y)·log q, of a clipped p. */
  entropy (_x: v128, _y: v128): v128 { return f64x2.splat(NaN) }
  /** The slopes by the input and by the smoothed label. */
  byInput (_x: v128, _y: v128): v128 { return f64x2.splat(NaN) }
  byLabel (_x: v128, _y: v128): v128 { return f64x2.splat(NaN) }
}

/** Fills in what follows from the options. */
export function setLimit (call: usize): void {
  const focal = changetype<Focal>(call + CALL_OPTIONS)
  focal.limit = scalarLog((1 - focal.epsilon) / focal.epsilon)
}

/** The labels, smoothed. */
// @ts-ignore: decorator
@inline function labels (focal: Focal, block: Block, at: usize): v128 {
  return add(mul(slot(block, 1, at), f64x2.splat(1 - focal.smoothing)), f64x2.splat(focal.smoothing / 2))
}

/** A slope by smoothed labels, by the labels as they came. */
// @ts-ignore: decorator
@inline function unsmoothed (focal: Focal, slope: v128): v128 { return mul(f64x2.splat(1 - focal.smoothing), slope) }

/** w·a; 0 where w is 0, even if a is infinite: there the limit is 0. */
export function times (w: v128, a: v128): v128 { return v128.andnot(mul(w, a), f64x2.eq(w, f64x2.splat(0))) }

/** y·one + (1 − y)·zero. */
export function blend (y: v128, one: v128, zero: v128): v128 {
  return add(times(y, one), times(sub(f64x2.splat(1), y), zero))
}

/** α_t. */
export function share (focal: Focal, y: v128): v128 { return blend(y, f64x2.splat(focal.alpha), f64x2.splat(focal.rest)) }

/** ℓ, of what F says of its input. */
// @ts-ignore: decorator
@inline export function lossOf<F extends Focal> (focal: F, block: Block, at: usize): v128 {
  const x = slot(block, 0, at)
  const y = labels(focal, block, at)
  return mul(share(focal, y), mul(power(focal.miss(x, y), focal.gamma), focal.entropy(x, y)))
}

/** Its slope by slot `k`. */
// @ts-ignore: decorator
@inline export function slopeOf<F extends Focal> (focal: F, block: Block, at: usize, k: u32): v128 {
  const x = slot(block, 0, at)
  const y = labels(focal, block, at)
  return k == 0 ? focal.byInput(x, y) : unsmoothed(focal, focal.byLabel(x, y))
}

/** What α_t adds to the slope by the label: ∂α_t/∂y·(1 − p_t)^γ·(cross entropy); `factor` is the power. */
// @ts-ignore: decorator
@inline export function byShare (focal: Focal, factor: v128, entropy: v128): v128 {
  return times(f64x2.splat(focal.alpha - focal.rest), mul(factor, entropy))
}

/** base^exponent as PyTorch's pow has it: negative bases have whole powers only. */
export function power (base: v128, exponent: f64): v128 {
  if (exponent == 2) return mul(base, base)
  const size = pow(f64x2.abs(base), f64x2.splat(exponent))
  const half = exponent / 2
  const sign: f64 = half == floor<f64>(half) ? 1 : exponent == floor<f64>(exponent) ? -1 : NaN
  return v128.bitselect(mul(size, f64x2.splat(sign)), size, f64x2.lt(base, f64x2.splat(0)))
}
