// The batch memory: one bounded shared WebAssembly memory, and regions of it, reserved and released on the main
// thread. What does not fit waits briefly; so this one resource is also the admission control: a request is let in for all that it is
// expected to need, its claim, before its body is read, and claims never exceed the memory.
import { Failure } from '../errors.js'
import { wait, type Steps } from '../steps.js'
import type { Distribution } from '../observe/distribution.js'
import { Lines, type Need, type Patience } from './lines.js'

export type { Patience } from './lines.js'

const PAGE = 65536
/** Regions start at cache lines, so that no two threads write to one. */
const ALIGNMENT = 64

/** A piece of the batch memory that belongs to one request. */
export interface Region {
  readonly address: number
  readonly size: number
  /** Makes it larger where it lies, if what follows is free. */
  extend (size: number): boolean
  /** Gives the piece back; more than once does no harm. */
  release (): void
}

interface Hole { address: number, size: number }

class Piece implements Region {
  #held = true

  constructor (readonly memory: BatchMemory, readonly address: number, public size: number) {}

  extend (larger: number): boolean {
    this.size += this.memory.take(this.address + this.size, align(larger) - this.size)
    return this.size >= larger
  }

  release (): void {
    if (!this.#held) return
    this.#held = false
    this.memory.give(this.address, this.size)
  }
}

/** Regions up to which a request is small: it needs no claim, and finds room when large ones have taken theirs. */
export const SMALL = 65536

/** How the memory is shared. */
export interface Terms {
  /** Requests that may wait to be let in. */
  readonly queueLimit?: number
  /** Bytes that only small regions may take. */
  readonly spare?: number
}

export class BatchMemory {
  readonly memory: WebAssembly.Memory
  /** The whole memory as bytes; it never grows, so this view stays valid. */
  readonly bytes: Buffer
  readonly view: DataView
  #holes: Hole[] = []
  #capacity = 0
  #free = 0
  #claimed = 0
  readonly #spare: number
  readonly #lines: Lines

  /** Pages are mapped only when first written, so an unused budget costs nothing. */
  constructor (limit: number, { queueLimit = Infinity, spare = 0 }: Terms = {}) {
    this.#spare = align(spare)
    this.#lines = new Lines(queueLimit, need => this.#meet(need))
    const pages = Math.max(17, Math.floor(limit / PAGE))
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    this.bytes = Buffer.from(this.memory.buffer as unknown as ArrayBuffer)
    this.view = new DataView(this.memory.buffer)
  }

  /** Opens everything from `first` (the kernels' first free address) on for regions. */
  open (first: number): void {
    const address = align(first)
    this.#free = this.bytes.length - address
    this.#capacity = this.#free - this.#spare
    this.#holes = [{ address, size: this.#free }]
  }

  /** Largest region there can ever be. */
  get capacity (): number { return this.#capacity }

  /** Bytes reserved now. */
  get reserved (): number { return this.#capacity + this.#spare - this.#free }

  /** Bytes that requests were let in for, at most the capacity. */
  get claimed (): number { return this.#claimed }

  /** Requests that wait for room. */
  get waiting (): number { return this.#lines.size }

  /** Requests that were refused because too many waited. */
  get refused (): number { return this.#lines.refused }

  /** How long requests waited. */
  get waits (): Distribution { return this.#lines.waits }

  /** A view of a region's bytes. */
  bytesOf (region: Region): Uint8Array { return this.bytes.subarray(region.address, region.address + region.size) }

  /** A region of `size` bytes now, or null. */
  tryReserve (size: number): Region | null {
    const needed = align(Math.max(size, 1))
    if (!this.#mayTake(needed)) return null
    let at = 0
    while (at < this.#holes.length && this.#holes[at]!.size < needed) at++
    if (at === this.#holes.length) return null
    const { address } = this.#holes[at]!
    this.#shrink(at, needed)
    return new Piece(this, address, needed)
  }

  /** Whether small requests would still find room. */
  #mayTake (size: number): boolean { return size <= SMALL || this.#free - size >= this.#spare }

  /**
   * A region of `size` bytes as soon as there is room, for a request that is let in for another `claim` bytes, at most the capacity;
   * who has them gives them back with `forgo`.
   * @throws Failure `too_large` when it could never fit, `busy` when it does not within `patience` or when too many wait
   */
  async reserve (size: number, patience: Patience, claim = 0): Promise<Region> {
    if (align(size) > this.#capacity) {
      throw new Failure('too_large', `${size} bytes are needed; the memory budget is ${this.#capacity} bytes`)
    }
    const need = { size, claim }
    const region = this.#lines.isFree(patience) ? this.#meet(need) : null
    return region ?? await this.#lines.wait(need, patience)
  }

  /** A region for a request that holds others already: at once, as long as there is room. @throws as `reserve` */
  * obtain (size: number, patience: Patience): Steps<Region> {
    return this.tryReserve(size) ?? (yield * wait(this.reserve(size, { wait: patience.wait, signal: patience.signal, urgent: true })))
  }

  #meet ({ size, claim }: Need): Region | null {
    if (!this.claim(claim)) return null
    const region = this.tryReserve(size)
    if (region === null) this.#claimed -= claim
    return region
  }

  /** Lets a request in for `bytes` more, if that many are not claimed. */
  claim (bytes: number): boolean {
    if (this.#claimed + bytes > this.#capacity) return false
    this.#claimed += bytes
    return true
  }

  /** Gives back what a request was let in for. */
  forgo (bytes: number): void {
    if (bytes === 0) return
    this.#claimed -= bytes
    if (this.waiting > 0) this.#lines.serve()
  }

  /** Takes `size` bytes at `address` if they are free; gives how many that were. */
  take (address: number, size: number): number {
    const at = this.#holes.findIndex(hole => hole.address === address && hole.size >= size)
    if (at < 0 || size <= 0 || !this.#mayTake(size)) return 0
    this.#shrink(at, size)
    return size
  }

  /** Takes the first `size` bytes off hole `at`. */
  #shrink (at: number, size: number): void {
    const hole = this.#holes[at]!
    hole.address += size
    hole.size -= size
    if (hole.size === 0) this.#holes.splice(at, 1)
    this.#free -= size
  }

  /** Puts a piece back among the holes, made one with its neighbours, and serves who waits. */
  give (address: number, size: number): void {
    let at = 0
    while (at < this.#holes.length && this.#holes[at]!.address < address) at++
    this.#free += size
    if (!this.#enlarge(at, address, size)) this.#holes.splice(at, 0, { address, size })
    this.#join(at)
    if (at > 0) this.#join(at - 1)
    if (this.waiting > 0) this.#lines.serve()
  }

  /** Adds a piece to hole `at`, when it ends where that starts. */
  #enlarge (at: number, address: number, size: number): boolean {
    const hole = this.#holes[at]
    if (hole === undefined || address + size !== hole.address) return false
    hole.address = address
    hole.size += size
    return true
  }

  /** Makes hole `at` and the one after it one, when they touch. */
  #join (at: number): void {
    const hole = this.#holes[at]
    const next = this.#holes[at + 1]
    if (hole === undefined || next === undefined || hole.address + hole.size !== next.address) return
    hole.size += next.size
    this.#holes.splice(at + 1, 1)
  }
}

function align (size: number): number { return Math.ceil(size / ALIGNMENT) * ALIGNMENT }
