// The end of a response, and of the service: which responses are open, so that a service that closes can wait for them,
// and visits, which end with theirs.
import type { Server } from 'node:http'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.js'
import { Failure } from '../errors.js'

/** What comes and goes: each has a place, which the next one takes; a Set of few would be laid out anew all the time. */
class Present<T> {
  readonly #places: (T | null)[] = []
  readonly #free: number[] = []

  get size (): number { return this.#places.length - this.#free.length }

  all (): T[] { return this.#places.filter(thing => thing !== null) }

  add (thing: T): number {
    const place = this.#free.pop() ?? this.#places.length
    this.#places[place] = thing
    return place
  }

  remove (place: number): void {
    this.#places[place] = null
    this.#free.push(place)
  }
}

/** Shares of SHUTDOWN_LIMIT after which requests under way are refused, and connections cut; the rest is for workers and log. */
const REFUSED = 0.85
const CUT = 0.93

/** Milliseconds that a connection without a request under way may still bring one. */
const LATE = 500

/** Milliseconds between two looks at what is open. */
const LOOK = 10

/**
 * How the service ends. First it leaves: it is not ready any more, but serves, and every response ends its connection. Then it
 * closes: it does not listen any more, what still arrives is refused, and what is under way is waited for, but not for ever.
 */
export class Closing {
  readonly #open = new Present<FastifyReply>()
  readonly #connections: () => Promise<number>
  #closed = false
  /** When leaving began. */
  #since: number | null = null

  /** Ends what `server` serves within `limit` milliseconds. */
  constructor (readonly server: Server, readonly limit: number) {
    this.#connections = promisify(server.getConnections.bind(server))
  }

  /** Whether the service takes no more work than what comes to it unasked. */
  get leaving (): boolean { return this.#since !== null }

  /** The service is not ready any more; the connections of its clients end with their next responses. */
  leave (): void {
    this.#since ??= performance.now()
    for (const { raw } of this.#open.all()) raw.shouldKeepAlive = false
  }

  /** Takes down that a request has come, until its response is closed; gives the failure if it came too late. */
  arrive (request: FastifyRequest, reply: FastifyReply): Failure | undefined {
    const place = this.#open.add(reply)
    if (this.#since !== null) reply.raw.shouldKeepAlive = false
    onceClosed(request, reply, () => {
      this.#open.remove(place)
      request.visit?.close(reply.raw.writableFinished)
    })
    return this.#closed && request.url !== '/livez' ? closing() : undefined
  }

  /** Resolves when all that was accepted is answered, or could not be; gives the number of responses that are not whole. */
  async close (): Promise<number> {
    this.leave()
    this.#closed = true
    // Right after the event loop has accepted what was there: a connection that the kernel holds for us would be reset.
    await setImmediate()
    if (this.server.listening) this.server.close()
    if (!await this.#ends(REFUSED)) {
      for (const { request } of this.#open.all()) request.visit?.abandon(closing())
      await this.#ends(CUT)
    }
    return this.#open.size
  }

  /** Waits until nothing is under way, for at most `share` of the limit; connections that have become idle end. */
  async #ends (share: number): Promise<boolean> {
    const late = performance.now() + LATE
    const until = this.#since! + share * this.limit
    while (this.#open.size > 0 || (performance.now() < late && await this.#connections() > 0)) {
      if (performance.now() >= until) return false
      await setTimeout(LOOK)
      this.server.closeIdleConnections()
    }
    return true
  }
}

/** Calls `end` when the response is closed. Node tells nothing of one that waits behind others when their connection ends. */
function onceClosed ({ raw: { socket } }: FastifyRequest, { raw: response }: FastifyReply, end: () => void): void {
  if (response.socket !== null) {
    response.on('close', end)
    return
  }
  const both = (): void => {
    response.off('close', both)
    socket.off('close', both)
    end()
  }
  response.on('close', both)
  socket.setMaxListeners(0).on('close', both)
}

/** What a service that ends answers. */
export function closing (): Failure { return new Failure('closing', 'the service is closing down', [], { 'retry-after': '1' }) }

/** Lets every request pass by the end of the service, which `app.leave` and `app.close` bring about. */
export function closingCheck (app: FastifyInstance, { shutdownLimit }: Pick<Config, 'shutdownLimit'>): Closing {
  const end = new Closing(app.server, shutdownLimit)
  app.decorate('leave', () => { end.leave() })
  app.addHook('onRequest', (request, reply, done) => { done(end.arrive(request, reply)) })
  app.addHook('preClose', async () => {
    const cut = await end.close()
    if (cut > 0) app.log.warn({ cut }, 'connections are cut, as the time for closing is over')
  })
  return end
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The service is not ready any more, but serves until it is closed. */
    leave: () => void
  }
}
