// A batch memory whose free bytes hold a pattern instead of what was there before, so that who reads what nobody wrote, or writes
// what is not theirs, is found out.
import { BatchMemory } from '../../src/engine/memory.js'

/** Words that repeat through free memory, by what they are when they are read as numbers. */
export const PATTERNS = {
  /** Nothing: what memory is that was never used. */
  zeros: [0, 0],
  /** Signalling NaN as float64, and as float32 in the first half; as indices huge. */
  nan: [0x7fa0_beef, 0x7ff4_dead],
  /** 2.8e+37 as float32 and 9e+303 as float64, which the greatest of a row would be; as indices huge. */
  large: [0x7ea8_7ea8, 0x7ea8_7ea8],
  /** Minus that, which the least of a row would be; as indices negative. */
  low: [0xfea8_fea8, 0xfea8_fea8]
} as const

export type Pattern = keyof typeof PATTERNS

export class Poisoned extends BatchMemory {
  readonly #pattern: Buffer
  #first = 0
  /** What all free memory should be. */
  #untouched = Buffer.alloc(0)

  constructor (limit: number, pattern: Pattern) {
    super(limit)
    this.#pattern = Buffer.from(Uint32Array.from(PATTERNS[pattern]).buffer)
  }

  override open (first: number): void {
    super.open(first)
    this.#first = this.bytes.length - this.capacity
    this.#untouched = Buffer.alloc(this.capacity, this.#pattern)
    this.bytes.set(this.#untouched, this.#first)
  }

  override give (address: number, size: number): void {
    this.bytes.fill(this.#pattern, address, address + size)
    super.give(address, size)
  }

  /** The first byte that somebody wrote who had no right to, when everything has been given back; null when there is none. */
  spoilt (): number | null {
    if (this.reserved > 0) throw new Error(`${this.reserved} bytes are still reserved`)
    const free = this.bytes.subarray(this.#first)
    if (free.equals(this.#untouched)) return null
    return this.#first + free.findIndex((byte, at) => byte !== this.#untouched[at])
  }
}
