import { sigmoid } from '../functions/index'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

const DESIRABLE: u32 = 2

/** w·σ(∓β·(log π − log ρ − kl)), minus for desirable completions; Ethayarajh et al. 2024. */
@final @unmanaged class Kto extends Slotwise {
  beta: f64
  desirableWeight: f64
  undesirableWeight: f64

  /** Anything outside [0, 1]. */
  @inline refuses (block: Block, at: usize, k: u32): v128 {
    if (k != DESIRABLE) return i64x2.splat(0)
    const share = slot(block, k, at)
    return v128.not(v128.and(f64x2.ge(share, f64x2.splat(0)), f64x2.le(share, f64x2.splat(1))))
  }

  @inline value (block: Block, at: usize): v128 {
    const t = this.reward(block, at)
    return f64x2.add(f64x2.mul(this.gain(block, at), sigmoid(f64x2.neg(t))), f64x2.mul(this.loss(block, at), sigmoid(t)))
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    const t = this.reward(block, at)
    const below = sigmoid(f64x2.neg(t))
    if (k == DESIRABLE) {
      return f64x2.sub(f64x2.mul(f64x2.splat(this.desirableWeight), below), f64x2.mul(f64x2.splat(this.undesirableWeight), sigmoid(t)))
    }
    const steep = f64x2.mul(f64x2.splat(k == 0 ? this.beta : -this.beta), f64x2.mul(sigmoid(t), below))
    return f64x2.mul(f64x2.sub(this.loss(block, at), this.gain(block, at)), steep)
  }

  @inline reward (block: Block, at: usize): v128 {
    const ratio = f64x2.sub(slot(block, 0, at), slot(block, 1, at))
    return f64x2.mul(f64x2.splat(this.beta), f64x2.sub(ratio, slot(block, 3, at)))
  }

  /** Weight of the desirable part. */
  @inline gain (block: Block, at: usize): v128 { return f64x2.mul(f64x2.splat(this.desirableWeight), slot(block, DESIRABLE, at)) }

  /** Weight of the rest. */
  @inline loss (block: Block, at: usize): v128 {
    return f64x2.mul(f64x2.splat(this.undesirableWeight), f64x2.sub(f64x2.splat(1), slot(block, DESIRABLE, at)))
  }
}

export function kto_f32 (call: usize): void { slotwise<Kto, f32>(call) }
export function kto_f64 (call: usize): void { slotwise<Kto, f64>(call) }
