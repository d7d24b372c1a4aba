import {
  logistic, logisticSlope, meanMargin, meanPull, shortfall, shortfallSlope, squaredMiss, squaredMissSlope, unbiased, unbiasedSlope
} from '../slots/preference'
import { Block, Slotwise, slotwise } from '../slotwise'

// Places in the option `variant`.
const SIGMOID: f64 = 0
const ROBUST: f64 = 1
const HINGE: f64 = 2

/** The slots of lengths, and the length of what has none. */
const LENGTHS: u32 = 4

/** −ln σ(β·h) and its variants, of the margin h between chosen and rejected completions; Rafailov et al. 2023. */
@final @unmanaged class Dpo extends Slotwise {
  beta: f64
  smoothing: f64
  variant: f64

  @inline absent (k: u32): f64 { return k < LENGTHS ? 0 : 1 }

  @inline value (block: Block, at: usize): v128 {
    const h = meanMargin(block, at)
    const t = f64x2.mul(f64x2.splat(this.beta), h)
    if (this.variant == SIGMOID) return logistic(t, this.smoothing)
    if (this.variant == ROBUST) return unbiased(t, this.smoothing)
    return this.variant == HINGE ? shortfall(t, 1) : squaredMiss(h, this.beta)
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    return meanPull(block, at, k, this.slopeOf(meanMargin(block, at)))
  }

  /** ∂ℓ/∂h. */
  @inline slopeOf (h: v128): v128 {
    const beta = f64x2.splat(this.beta)
    const t = f64x2.mul(beta, h)
    if (this.variant == SIGMOID) return f64x2.mul(beta, logisticSlope(t, this.smoothing))
    if (this.variant == ROBUST) return f64x2.mul(beta, unbiasedSlope(t, this.smoothing))
    return this.variant == HINGE ? f64x2.mul(beta, shortfallSlope(t, 1)) : squaredMissSlope(h, this.beta)
  }
}

export function dpo_f32 (call: usize): void { slotwise<Dpo, f32>(call) }
export function dpo_f64 (call: usize): void { slotwise<Dpo, f64>(call) }
