// One request on its way through the service: its deadline, its memory, its phase times. Its memory is given back when
// both the handler has settled and the response is closed: kernels still write for a client that has left.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BatchMemory, Patience } from '../engine/memory.js'
import { Texts } from '../engine/text.js'
import type { Threads } from '../engine/dispatch.js'
import { Failure } from '../errors.js'

/** What requests share. */
export interface Shared {
  readonly memory: BatchMemory
  readonly threads: Threads
  readonly bodyLimit: number
  readonly memoryWait: number
  readonly requestTimeout: number
}

interface Releasable { release (): void }

export class Visit {
  readonly signal: AbortSignal
  readonly texts: Texts
  readonly patience: Patience
  /** Bytes of the body. */
  received = 0
  readonly #held = new Set<Releasable>()
  readonly #phases: [string, number][] = []
  #since = performance.now()
  #settled = false
  #closed = false

  /** Starts the clock: the deadline is `timeout` milliseconds from now. */
  constructor (readonly shared: Shared, request: FastifyRequest, reply: FastifyReply, timeout: number) {
    const controller = new AbortController()
    const late = (): void => { controller.abort(new Failure('deadline_exceeded', `the deadline of ${timeout} ms passed`)) }
    const timer = setTimeout(late, timeout)
    reply.raw.once('close', () => {
      clearTimeout(timer)
      if (!reply.raw.writableFinished) controller.abort(new Failure('client_closed', 'the client closed the connection'))
      this.#closed = true
      if (this.#settled) this.release()
    })
    this.signal = controller.signal
    this.patience = { wait: shared.memoryWait, signal: this.signal }
    this.texts = new Texts(shared.memory, shared.threads, this.patience)
    request.visit = this
  }

  /** Something in the batch memory that lives as long as the visit, unless it is released before. */
  hold<T extends Releasable> (held: T): T {
    if (this.#settled) held.release()
    else this.#held.add(held)
    return held
  }

  /** Room for `size` bytes of what this request needs; gives its address. */
  readonly room = async (size: number): Promise<number> => {
    const { memory } = this.shared
    return this.hold(memory.tryReserve(size) ?? await memory.reserve(size, { ...this.patience, urgent: true })).address
  }

  /** The handler has ended: nothing is under way any more that reads or writes this request's memory. */
  settle (): void {
    this.#settled = true
    if (this.#closed) this.release()
  }

  /** How much is held: for `release`, to give back what came later. */
  get holding (): number { return this.#held.size }

  /** Gives memory back: all of it, or what was held after the first `kept`. */
  release (kept = 0): void {
    for (const held of [...this.#held].slice(kept)) {
      held.release()
      this.#held.delete(held)
    }
  }

  /** Ends a phase: what passed since the last one ended is its time. */
  phase (name: string): void {
    const now = performance.now()
    this.#phases.push([name, now - this.#since])
    this.#since = now
  }

  /** Phase times in milliseconds. */
  get phases (): Record<string, number> {
    return Object.fromEntries(this.#phases.map(([name, time]) => [name, Math.round(time * 1000) / 1000]))
  }

  /** The phases as a Server-Timing header. */
  get serverTiming (): string { return this.#phases.map(([name, time]) => `${name};dur=${time.toFixed(3)}`).join(', ') }
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** `handler`, after which the request's visit has settled, however it ended. */
export function visited (handler: Handler): Handler {
  return async (request, reply) => {
    try {
      return await handler(request, reply)
    } finally {
      request.visit?.settle()
    }
  }
}

declare module 'fastify' {
  interface FastifyRequest { visit?: Visit }
}
