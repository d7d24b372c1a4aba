// What a loss of entries may have, for the type checker alone: AssemblyScript looks with `isDefined` whether it has them.
import type { Block } from './block'

export {}

declare module './loss' {
  interface Slotwise {
    /** ℓ of the two entries at `at` bytes of their rows; `slot(block, k, at)` reads slot k. */
    value (block: Block, at: usize): v128
    /** ∂ℓ/∂(slot k). */
    slope (block: Block, at: usize, k: u32): v128
    /** Lanes of slot k that the loss refuses; fault 1 is reported. */
    refuses (block: Block, at: usize, k: u32): v128
    /** What slot k holds everywhere when it was left out; 0 unless said. */
    absent (k: u32): f64
  }
}
