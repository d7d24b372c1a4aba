// The batch memory with a second set of books: who owns each cache line. What does not agree with it is noted.
import { BatchMemory, type Region } from '../../src/engine/memory.js'

const LINE = 64

export class GuardedMemory extends BatchMemory {
  readonly violations: string[] = []
  /** Owner of each line, 0 for none. */
  readonly #owners = new Int32Array(this.bytes.length / LINE)
  #regions = 0

  override tryReserve (size: number): Region | null {
    const region = super.tryReserve(size)
    if (region !== null) this.#own(region.address, region.size, ++this.#regions)
    return region
  }

  override take (address: number, size: number): number {
    const taken = super.take(address, size)
    if (taken > 0) this.#own(address, taken, this.#owners[address / LINE - 1]!)
    return taken
  }

  override give (address: number, size: number): void {
    const lines = this.#owners.subarray(address / LINE, (address + size) / LINE)
    const [owner] = lines
    if (owner === 0 || lines.some(line => line !== owner)) this.violations.push(`${size} bytes at ${address} are given back by who does not own them`)
    lines.fill(0)
    super.give(address, size)
  }

  #own (address: number, size: number, owner: number): void {
    const lines = this.#owners.subarray(address / LINE, (address + size) / LINE)
    if (lines.length * LINE !== size || lines.some(line => line !== 0)) this.violations.push(`${size} bytes at ${address} belong to somebody`)
    lines.fill(owner)
  }
}
