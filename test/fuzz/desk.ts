// What decoding works with, in this thread alone: a memory, the kernels over it, and rooms that are poisoned.
import { HOP, type Threads } from '../../src/engine/dispatch.js'
import { BatchMemory, type Region } from '../../src/engine/memory.js'
import { compileKernels, Instance } from '../../src/engine/module.js'
import { Texts } from '../../src/engine/text.js'
import type { Steps } from '../../src/steps.js'
import type { Limits, Workspace } from '../../src/tensor/text.js'

const SIZE = 64 * 2 ** 20
const POISON = 0xa5
/** What stands behind a body: a reader that goes too far takes it for a part of it. */
const BEHIND = Buffer.from(',7]}"7,7'.repeat(8))

export class Desk implements Workspace {
  readonly limits: Limits = { jsonDepth: 64, rankLimit: 32, safetensorsHeaderLimit: 100_000_000 }
  readonly texts: Texts
  readonly #memory = new BatchMemory(SIZE)
  readonly #held: Region[] = []

  /** With more than one lane long texts are read in parts. */
  constructor (lanes = 1) {
    const instance = new Instance(compileKernels(), this.#memory.memory)
    this.#memory.open(instance.kernels.heapBase)
    const call = (kernel: string, record: number): void => { instance.call(kernel, record) }
    const threads: Threads = { lanes, hop: lanes > 1 ? HOP : Infinity, call, run: async (kernel, record) => { call(kernel, record) } }
    this.texts = new Texts(this.#memory, threads, { wait: 1000 }, this.limits)
  }

  get bytes (): Buffer { return this.#memory.bytes }

  /** Lays `body` somewhere, at any alignment; gives its address. */
  put (body: Buffer): number {
    const address = this.#take(body.length + BEHIND.length + 64) + body.length % 7
    body.copy(this.bytes, address)
    BEHIND.copy(this.bytes, address + body.length)
    return address
  }

  * room (size: number): Steps<number> {
    const address = this.#take(size)
    this.bytes.fill(POISON, address, address + size)
    return address
  }

  #take (size: number): number {
    const region = this.#memory.tryReserve(size)
    if (region === null) throw new Error(`${size} bytes are asked for`)
    this.#held.push(region)
    return region.address
  }

  /** Gives everything back. */
  clear (): void {
    this.texts.release()
    while (this.#held.length > 0) this.#held.pop()!.release()
    if (this.#memory.reserved !== 0) throw new Error(`${this.#memory.reserved} bytes are still reserved`)
  }
}
