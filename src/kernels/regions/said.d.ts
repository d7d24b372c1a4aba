// What a loss of totals over a region has, for the type checker alone.
import type { Chunk } from './chunk'

export {}

declare module './loss' {
  interface Regional {
    /** Prepares the rows of a chunk: most often z from x and y. */
    ready (chunk: Chunk): void
    /** Writes the chunk's totals to its record. */
    add (chunk: Chunk): void
    /** ℓ of region `r`, whose totals are in `record`; leaves there what the slopes are made of. */
    settle (call: usize, record: usize, r: u32): f64
    /** Writes ∂ℓ/∂(slot k) to the row `out`. */
    slopes (chunk: Chunk, k: u32): void
  }
}
