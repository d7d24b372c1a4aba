import { meanMargin, meanPull, squaredMiss, squaredMissSlope } from '../slots/preference'
import { Block, Slotwise, slotwise } from '../slotwise'

/** (h − 1/(2β))² of the margin h per token; Azar et al. 2023. */
@final @unmanaged class Ipo extends Slotwise {
  beta: f64

  @inline absent (k: u32): f64 { return k < 4 ? 0 : 1 }

  @inline value (block: Block, at: usize): v128 { return squaredMiss(meanMargin(block, at), this.beta) }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    return meanPull(block, at, k, squaredMissSlope(meanMargin(block, at), this.beta))
  }
}

export function ipo_f32 (call: usize): void { slotwise<Ipo, f32>(call) }
export function ipo_f64 (call: usize): void { slotwise<Ipo, f64>(call) }
