// The end of a response, and of the service: which responses are open, so that a service that closes can wait for them,
// and visits, which end with theirs.
import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
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

/**
 * While the service closes, what is under way ends and is flushed, and its connection with it; what still arrives is
 * refused. The process's own limit ends clients that never read.
 */
export function closingCheck (app: FastifyInstance): void {
  let closing = false
  const open = new Present<ServerResponse>()
  app.addHook('onRequest', (request, reply, done) => {
    const place = open.add(reply.raw)
    if (closing) reply.raw.shouldKeepAlive = false
    reply.raw.on('close', () => {
      open.remove(place)
      request.visit?.close(reply.raw.writableFinished)
    })
    const refused = closing && request.url !== '/livez'
    done(refused ? new Failure('closing', 'the service is closing down', [], { 'retry-after': '1' }) : undefined)
  })
  app.addHook('preClose', async () => {
    closing = true
    for (const response of open.all()) response.shouldKeepAlive = false
    while (open.size > 0) await setTimeout(10)
  })
}
