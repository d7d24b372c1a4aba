// One request on its way through the service: its deadline, its memory, its phase times. Its memory is given back when
// both the handler has settled and the response is closed: kernels still write for a client that has left.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.js'
import type { BatchMemory, Patience } from '../engine/memory.js'
import { Texts } from '../engine/text.js'
import type { Threads } from '../engine/dispatch.js'
import { Failure } from '../errors.js'
import type { Meter, Phase } from '../observe/meter.js'
import { proceed, type Steps } from '../steps.js'
import type { Workspace } from '../tensor/text.js'

/** What requests share. */
export interface Shared {
  readonly memory: BatchMemory
  readonly threads: Crew
  readonly limits: Limits
  /** Counts the requests to one entry. */
  readonly meter: Meter
}

/** Bounds that are set by configuration. */
export type Limits = Pick<Config, 'bodyLimit' | 'chunkLimit' | 'memoryWait' | 'requestTimeout' | 'transferRate' |
  'jsonDepth' | 'rankLimit' | 'batchItems' | 'safetensorsHeaderLimit'>

/** The threads, which are told when requests are under way. */
interface Crew extends Threads {
  visits: number
  /** Gives up the calls of `owner` that wait. */
  withdraw (owner: object, reason: Failure): void
}

interface Releasable { release (): void }

export class Visit implements Patience, Workspace {
  readonly texts: Texts
  /** Milliseconds to wait for room. */
  readonly wait: number
  /** Bytes of the body, and of the answer. */
  received = 0
  sent = 0
  /** Called when the request is abandoned, before its signal fires: for the one thing that it waits for. */
  onAbort: ((reason: Failure) => void) | null = null
  /** The body, as long as it arrives. */
  intake: { abandon (): void } | null = null
  /** The phases that have ended, as a Server-Timing header. */
  timing = ''
  /** Bytes that the request was let in for. */
  claim = 0
  #reason: Failure | null = null
  #controller: AbortController | null = null
  readonly #timer: NodeJS.Timeout
  readonly #held: Releasable[] = []
  #since = performance.now()
  #settled = false
  #closed = false

  /** Starts the clock: the deadline is `timeout` milliseconds from now. */
  constructor (readonly shared: Shared, request: FastifyRequest, timeout: number) {
    this.#timer = setTimeout(() => { this.#abort(new Failure('deadline_exceeded', `the deadline of ${timeout} ms passed`)) }, timeout)
    this.wait = shared.limits.memoryWait
    this.texts = new Texts(shared.memory, shared.threads, this, shared.limits)
    request.visit = this
    shared.threads.visits++
  }

  #abort (reason: Failure): void {
    this.#reason ??= reason
    this.onAbort?.(this.#reason)
    this.#controller?.abort(this.#reason)
    this.shared.threads.withdraw(this, this.#reason)
  }

  /** Ends the request with `reason`, as if its deadline had passed. */
  abandon (reason: Failure): void { this.#abort(reason) }

  /** The response is closed; `finished` says whether all of it was sent. */
  close (finished: boolean): void {
    clearTimeout(this.#timer)
    if (!finished) this.#abort(new Failure('client_closed', 'the client closed the connection'))
    this.#closed = true
    this.shared.threads.visits--
    if (this.#settled) this.release()
  }

  /** Fires when the deadline has passed or the client has left; made when first asked for, as few requests wait. */
  get signal (): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController()
      if (this.#reason !== null) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** @throws Failure when the request was abandoned */
  check (): void { if (this.#reason !== null) throw this.#reason }

  /** Something in the batch memory that lives as long as the visit, unless it is released before. */
  hold<T extends Releasable> (held: T): T {
    if (this.#settled) held.release()
    else this.#held.push(held)
    return held
  }

  /** The request was let in for `bytes` more. */
  letIn (bytes: number): void {
    if (this.#settled) this.shared.memory.forgo(bytes)
    else this.claim += bytes
  }

  get bytes (): Buffer { return this.shared.memory.bytes }

  get limits (): Limits { return this.shared.limits }

  /** Room for `size` bytes of what this request needs; gives its address. */
  * room (size: number): Steps<number> {
    return this.hold(yield * this.shared.memory.obtain(size, this)).address
  }

  /** The handler has ended: nothing is under way any more that reads or writes this request's memory. */
  settle (): void {
    this.intake?.abandon()
    this.#settled = true
    if (this.#closed) this.release()
  }

  /** How much is held: for `release`, to give back what came later. */
  get holding (): number { return this.#held.length }

  /** Gives memory back: all of it, or what was held after the first `kept`. */
  release (kept = 0): void {
    if (kept === 0) this.texts.release()
    while (this.#held.length > kept) this.#held.pop()!.release()
    if (kept === 0) this.#forgo()
  }

  #forgo (): void {
    this.shared.memory.forgo(this.claim)
    this.claim = 0
  }

  /** Ends a phase: what passed since the last one ended is its time. */
  phase (name: Phase): void {
    const now = performance.now()
    this.shared.meter.phase(name, (now - this.#since) / 1000)
    this.timing += `${this.timing === '' ? '' : ', '}${name};dur=${withDecimals(Math.round((now - this.#since) * 1000))}`
    this.#since = now
  }
}

/** Thousandths as a decimal, without the detour of a double's shortest digits. */
function withDecimals (thousandths: number): string {
  const rest = thousandths % 1000
  return `${(thousandths - rest) / 1000}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Steps<void>

/** `handler`, after which the request's visit has settled, however it ended; a promise only where it waited. */
export function visited (handler: Handler): (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply> {
  return (request, reply) => proceed(settling(handler, request, reply))
}

function * settling (handler: Handler, request: FastifyRequest, reply: FastifyReply): Steps<FastifyReply> {
  try {
    yield * handler(request, reply)
    return reply
  } finally {
    request.visit?.settle()
  }
}

declare module 'fastify' {
  interface FastifyRequest { visit?: Visit }
}
