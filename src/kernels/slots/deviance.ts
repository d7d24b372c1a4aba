// Deviances of Tweedie's family. That of power p at prediction μ and true value y is 2·∫ (y − t)·t^-p dt from μ to y. Its
// terms cancel where y is near μ; there it is 2·μ^a·h(u) with a = 2 − p, u = (y − μ)/μ and the binomial remainder
// h(u) = ((1 + u)^a − 1 − a·u)/(a·(a − 1)) = u²/2 + (a − 2)·u³/6 + …, which has no gaps at p = 1 and p = 2.
import { expm1, pow } from '../functions'
import { logRatio } from '../rows/distribution'
import { Block, slot } from './block'

/** Slots. */
const MEAN: u32 = 0
const TARGET: u32 = 1

/** |u| up to which the remainder is expanded, divided by |a| where that is more than 1. */
const NEAR: f64 = 0.125
const NEAR_POWER: f64 = 1
/** Terms of the expansion: what is left out is below 2^-53 of it, for every power. */
const TERMS: i32 = 22

/** The deviances of two entries. */
// @ts-ignore: decorator
@inline export function devianceOf (power: f64, block: Block, at: usize): v128 {
  return deviance(power, slot(block, MEAN, at), slot(block, TARGET, at))
}

/** Their slopes in slot `k`. */
// @ts-ignore: decorator
@inline export function slopeOf (power: f64, block: Block, at: usize, k: u32): v128 {
  const mean = slot(block, MEAN, at)
  const target = slot(block, TARGET, at)
  return k == MEAN ? slopeOfMean(power, mean, target) : slopeOfTarget(power, mean, target)
}

/** Lanes of slot `k` that have no deviance. */
// @ts-ignore: decorator
@inline export function outside (power: f64, block: Block, at: usize, k: u32): v128 {
  const zero = f64x2.splat(0)
  if (power == 0 || (k == TARGET && power < 1)) return zero
  const x = slot(block, k, at)
  return k == MEAN || power >= 2 ? f64x2.le(x, zero) : f64x2.lt(x, zero)
}

function deviance (power: f64, mean: v128, target: v128): v128 {
  const error = f64x2.sub(target, mean)
  if (power == 0) return f64x2.mul(error, error)
  const u = f64x2.div(error, mean)
  const a = 2 - power
  const near = f64x2.le(f64x2.abs(u), f64x2.splat(min(NEAR, NEAR_POWER / abs(a))))
  if (!v128.any_true(near)) return farDeviance(power, mean, target)
  const close = f64x2.mul(f64x2.splat(2), f64x2.mul(pow(mean, f64x2.splat(a)), remainder(a, u)))
  return v128.all_true<i64>(near) ? close : v128.bitselect(close, farDeviance(power, mean, target), near)
}

/** h(u). */
function remainder (a: f64, u: v128): v128 {
  let term = f64x2.mul(f64x2.mul(u, u), f64x2.splat(0.5))
  let sum = term
  for (let k = 2; k < TERMS + 1; k++) {
    term = f64x2.mul(term, f64x2.mul(u, f64x2.splat((a - <f64>k) / (<f64>k + 1))))
    sum = f64x2.add(sum, term)
  }
  return sum
}

/**
 * The deviance where nothing cancels. With the differences Δ_c of powers it is 2·(y·Δ_b − (y − μ)·μ^b)/a, and
 * 2·(Δ_a − (y − μ)·μ^b)/b, where b = 1 − p: the one stays away from the division by 0 that the other has.
 */
function farDeviance (power: f64, mean: v128, target: v128): v128 {
  const a = 2 - power; const b = 1 - power
  const linear = f64x2.mul(f64x2.sub(target, mean), pow(mean, f64x2.splat(b)))
  if (power >= 1.5) return f64x2.mul(f64x2.splat(2 / b), f64x2.sub(powerDifference(a, mean, target), linear))
  const product = f64x2.mul(target, powerDifference(b, mean, target))
  const own = v128.andnot(product, f64x2.eq(target, f64x2.splat(0)))
  return f64x2.mul(f64x2.splat(2 / a), f64x2.sub(own, linear))
}

/** Δ_c = (max(y, 0)^c − μ^c)/c = μ^c·(e^(c·L) − 1)/c with L = ln(y/μ), which it is at c = 0. */
function powerDifference (c: f64, mean: v128, target: v128): v128 {
  const logs = logRatio<f64>(target, mean)
  if (c == 0) return logs
  const scale = pow(mean, f64x2.splat(c))
  const exponent = f64x2.mul(f64x2.splat(c), logs)
  const near = f64x2.le(f64x2.abs(exponent), f64x2.splat(1))
  const close = f64x2.mul(scale, expm1(exponent))
  const own = pow(f64x2.pmax(target, f64x2.splat(0)), f64x2.splat(c))
  return f64x2.div(v128.bitselect(close, f64x2.sub(own, scale), near), f64x2.splat(c))
}

/** ∂/∂μ = 2·(μ − y)·μ^-p. */
function slopeOfMean (power: f64, mean: v128, target: v128): v128 {
  const error = f64x2.sub(mean, target)
  const twice = f64x2.add(error, error)
  if (power == 0) return twice
  return f64x2.mul(f64x2.div(twice, mean), pow(mean, f64x2.splat(1 - power)))
}

/** ∂/∂y = 2·Δ_b. */
function slopeOfTarget (power: f64, mean: v128, target: v128): v128 {
  const half = power == 0 ? f64x2.sub(target, mean) : powerDifference(1 - power, mean, target)
  return f64x2.add(half, half)
}
