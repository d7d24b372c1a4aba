// What a request will need, guessed from the length of its body before that is read: its claim on the batch memory. Who needs more gets it
// as long as there is room; so a guess that is too low costs a wait, and one that is too high costs others their place.
import { SMALL } from '../engine/memory.js'
import type { Format } from './formats.js'
import type { Visit } from './visit.js'

/**
 * Bytes of batch memory for a byte of the body.
 * - JSON: the text, and its numbers as float64, of which each takes two characters or more ("0,"): 1 + 4. Of numbers with 7 digits, which
 *   are as long as the 8 bytes that they become, there is room for the text or what is computed, the gradient, and both as text: 1 + 1 + 3.
 * - safetensors: the tensors are computed with where they lie; gradients of all of them take as much again.
 */
const FACTORS: Readonly<Record<Format, number>> = { json: 5, safetensors: 2 }

/** Bytes that a request with `size` bytes of body claims beside what it has; a large one at most all, a small one nothing. */
export function additionalClaim ({ claim, shared: { memory } }: Visit, size: number, format: Format): number {
  return size <= SMALL ? 0 : Math.max(0, Math.min(size * FACTORS[format], memory.capacity) - claim)
}
