// The batch memory: one bounded shared WebAssembly memory, and regions of it, reserved and released on the main
// thread. What does not fit waits briefly; so this one resource is also the admission control.
import { Failure } from '../errors.js'
import { wait, type Steps } from '../steps.js'

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

interface Waiter {
  readonly size: number
  readonly accept: (region: Region) => void
}

/** How long to wait for room, and for whom. */
export interface Patience {
  /** Milliseconds until a `busy` failure. */
  readonly wait: number
  readonly signal?: AbortSignal | undefined
  /** A request that holds regions already goes before those that only arrive. */
  readonly urgent?: boolean
}

export class BatchMemory {
  readonly memory: WebAssembly.Memory
  /** The whole memory as bytes; it never grows, so this view stays valid. */
  readonly bytes: Buffer
  readonly view: DataView
  #holes: Hole[] = []
  #capacity = 0
  #free = 0
  readonly #urgent: Waiter[] = []
  readonly #patient: Waiter[] = []

  /** Pages are mapped only when first written, so an unused budget costs nothing. */
  constructor (limit: number) {
    const pages = Math.max(17, Math.floor(limit / PAGE))
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    this.bytes = Buffer.from(this.memory.buffer as unknown as ArrayBuffer)
    this.view = new DataView(this.memory.buffer)
  }

  /** Opens everything from `first` (the kernels' first free address) on for regions. */
  open (first: number): void {
    const address = align(first)
    this.#capacity = this.bytes.length - address
    this.#free = this.#capacity
    this.#holes = [{ address, size: this.#capacity }]
  }

  /** Largest region there can ever be. */
  get capacity (): number { return this.#capacity }

  /** Bytes reserved now. */
  get reserved (): number { return this.#capacity - this.#free }

  /** Requests that wait for room. */
  get waiting (): number { return this.#urgent.length + this.#patient.length }

  /** A view of a region's bytes. */
  bytesOf (region: Region): Uint8Array { return this.bytes.subarray(region.address, region.address + region.size) }

  /** A region of `size` bytes now, or null. */
  tryReserve (size: number): Region | null {
    const needed = align(Math.max(size, 1))
    let at = 0
    while (at < this.#holes.length && this.#holes[at]!.size < needed) at++
    if (at === this.#holes.length) return null
    const { address } = this.#holes[at]!
    this.#shrink(at, needed)
    return new Piece(this, address, needed)
  }

  /**
   * A region of `size` bytes as soon as there is room.
   * @throws Failure `too_large` when it could never fit, `busy` when it does not within `patience`
   */
  async reserve (size: number, patience: Patience): Promise<Region> {
    if (align(size) > this.#capacity) {
      throw new Failure('too_large', `${size} bytes are needed; the memory budget is ${this.#capacity} bytes`)
    }
    const queue = patience.urgent === true ? this.#urgent : this.#patient
    const first = queue.length === 0 && (patience.urgent === true || this.#urgent.length === 0)
    const region = first ? this.tryReserve(size) : null
    return region ?? await this.#wait(size, queue, patience)
  }

  /** A region for a request that holds others already: at once, as long as there is room. @throws as `reserve` */
  * obtain (size: number, patience: Patience): Steps<Region> {
    return this.tryReserve(size) ?? (yield * wait(this.reserve(size, { wait: patience.wait, signal: patience.signal, urgent: true })))
  }

  #wait (size: number, queue: Waiter[], { wait, signal }: Patience): Promise<Region> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', give)
        const at = queue.indexOf(waiter)
        if (at >= 0) queue.splice(at, 1)
      }
      const waiter: Waiter = { size, accept: region => { leave(); resolve(region) } }
      const give = (): void => { leave(); reject(reasonOf(signal!)); this.#serve() }
      const timer = setTimeout(() => {
        leave()
        reject(new Failure('busy', `no room for ${size} bytes within ${wait} ms`, [], { 'retry-after': '1' }))
        this.#serve()
      }, wait)
      if (signal?.aborted === true) return give()
      signal?.addEventListener('abort', give)
      queue.push(waiter)
    })
  }

  /** Takes `size` bytes at `address` if they are free; gives how many that were. */
  take (address: number, size: number): number {
    const at = this.#holes.findIndex(hole => hole.address === address && hole.size >= size)
    if (at < 0 || size <= 0) return 0
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
    if (this.waiting > 0) this.#serve()
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

  /** Who came first is served first; nobody small overtakes, so nobody large starves. */
  #serve (): void {
    for (const queue of [this.#urgent, this.#patient]) {
      for (;;) {
        const waiter = queue[0]
        if (waiter === undefined) break
        const region = this.tryReserve(waiter.size)
        if (region === null) return
        waiter.accept(region)
      }
    }
  }
}

/** Why a signal fired: here always a Failure. */
function reasonOf (signal: AbortSignal): Error { return signal.reason as Error }

function align (size: number): number { return Math.ceil(size / ALIGNMENT) * ALIGNMENT }
