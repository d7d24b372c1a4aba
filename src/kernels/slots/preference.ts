// How much more the policy prefers the chosen completion to the rejected one than the reference does, and the losses of
// that margin. Chosen completions lie in even slots, rejected ones in odd ones: the policy's, then the reference's.
import { sigmoid, softplus } from '../functions/index'
import { Block, slot } from './block'
import { where } from './kinks'

/** log π − log ρ of the chosen (k = 0) or the rejected (k = 1) completion. */
// @ts-ignore: decorator
@inline function logRatio (block: Block, k: u32, at: usize): v128 {
  return f64x2.sub(slot(block, k, at), slot(block, k + 2, at))
}

/** h = (π_w − ρ_w) − (π_l − ρ_l). */
// @ts-ignore: decorator
@inline export function margin (block: Block, at: usize): v128 {
  return f64x2.sub(logRatio(block, 0, at), logRatio(block, 1, at))
}

/** Tokens of the completion whose length lies in slot `k`. */
// @ts-ignore: decorator
@inline export function tokens (block: Block, k: u32, at: usize): v128 { return f64x2.pmax(slot(block, k, at), f64x2.splat(1)) }

/** The same of log-ratios per token; the lengths lie in slots 4 and 5. */
// @ts-ignore: decorator
@inline export function meanMargin (block: Block, at: usize): v128 {
  const chosen = f64x2.div(logRatio(block, 0, at), tokens(block, 4, at))
  return f64x2.sub(chosen, f64x2.div(logRatio(block, 1, at), tokens(block, 5, at)))
}

/** ∂h/∂(slot k) times `slope`, for the four slots of `margin`. */
// @ts-ignore: decorator
@inline export function pull (k: u32, slope: v128): v128 { return k == 0 || k == 3 ? slope : f64x2.neg(slope) }

/** The same for `meanMargin`. */
// @ts-ignore: decorator
@inline export function meanPull (block: Block, at: usize, k: u32, slope: v128): v128 {
  return f64x2.div(pull(k, slope), tokens(block, 4 + (k & 1), at))
}

/** share·x, 0 where the share is 0 and x infinite. */
// @ts-ignore: decorator
@inline export function portion (share: f64, x: v128): v128 {
  return share == 0 ? f64x2.splat(0) : f64x2.mul(f64x2.splat(share), x)
}

/** −(1 − ε)·ln σ(t) − ε·ln σ(−t). */
// @ts-ignore: decorator
@inline export function logistic (t: v128, smoothing: f64): v128 {
  return f64x2.add(portion(1 - smoothing, softplus(f64x2.neg(t))), portion(smoothing, softplus(t)))
}

/** Its slope, ε·σ(t) − (1 − ε)·σ(−t). */
// @ts-ignore: decorator
@inline export function logisticSlope (t: v128, smoothing: f64): v128 {
  return f64x2.sub(portion(smoothing, sigmoid(t)), portion(1 - smoothing, sigmoid(f64x2.neg(t))))
}

/** (−(1 − ε)·ln σ(t) + ε·ln σ(−t))/(1 − 2ε) = −ln σ(t) − t·ε/(1 − 2ε), which keeps its digits where ε is close to 1/2. */
// @ts-ignore: decorator
@inline export function unbiased (t: v128, flips: f64): v128 {
  return f64x2.sub(softplus(f64x2.neg(t)), portion(flips / (1 - 2 * flips), t))
}

/** Its slope. */
// @ts-ignore: decorator
@inline export function unbiasedSlope (t: v128, flips: f64): v128 {
  return f64x2.neg(f64x2.add(sigmoid(f64x2.neg(t)), f64x2.splat(flips / (1 - 2 * flips))))
}

/** relu(δ − t). */
// @ts-ignore: decorator
@inline export function shortfall (t: v128, delta: f64): v128 {
  return f64x2.pmax(f64x2.sub(f64x2.splat(delta), t), f64x2.splat(0))
}

/** Its slope, which PyTorch's relu has 0 at t = δ, and 1 at NaN. */
// @ts-ignore: decorator
@inline export function shortfallSlope (t: v128, delta: f64): v128 {
  return where(v128.not(f64x2.ge(t, f64x2.splat(delta))), f64x2.splat(-1))
}

/** h − 1/(2β). */
// @ts-ignore: decorator
@inline function miss (h: v128, beta: f64): v128 { return f64x2.sub(h, f64x2.splat(1 / (2 * beta))) }

/** (h − 1/(2β))². */
// @ts-ignore: decorator
@inline export function squaredMiss (h: v128, beta: f64): v128 { return f64x2.mul(miss(h, beta), miss(h, beta)) }

/** Its slope in h. */
// @ts-ignore: decorator
@inline export function squaredMissSlope (h: v128, beta: f64): v128 { return f64x2.mul(f64x2.splat(2), miss(h, beta)) }
