// How fast bodies come and answers are read: one timer looks over all connections, so that a request needs none of its own.
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Config } from '../config.js'
import { Failure } from '../errors.js'
import type { Connection } from './connections.js'

type Bounds = Pick<Config, 'bodyTimeout' | 'stallTimeout' | 'transferRate'>

/** One transfer: when it began, and when it last went on. */
class Transfer {
  #moved: number
  #bytes = 0

  /** `before` are the bytes that were through already when it began. */
  constructor (readonly bounds: Bounds, private since: number, readonly before: number) { this.#moved = since }

  /** The clock stood still for it: nobody was waiting for the other side. */
  wait (time: number): void {
    this.since += time
    this.#moved += time
  }

  /** Takes down how many bytes are through, those before included; says what is wrong with that. */
  check (now: number, through: number): string | undefined {
    const bytes = through - this.before
    const { stallTimeout, bodyTimeout, transferRate } = this.bounds
    if (bytes !== this.#bytes) [this.#bytes, this.#moved] = [bytes, now]
    if (now - this.#moved >= stallTimeout) return `nothing came for ${stallTimeout} ms`
    if (now - this.since < bodyTimeout + 1000 * bytes / transferRate) return undefined
    return `${bytes} bytes came within ${Math.floor(now - this.since)} ms, expected ${transferRate} for each second after ${bodyTimeout} ms`
  }
}

/** What a connection does at the moment. */
class Watched {
  #reply: FastifyReply | null = null
  #body: Transfer | null = null
  #answer: Transfer | null = null
  #refused = false

  constructor (readonly connection: Connection, readonly bounds: Bounds) {}

  /** Looks at the connection, `now` by a clock that has gone on by `time` since the last look. */
  look (now: number, time: number): void {
    if (this.#reply !== this.connection.reply) this.#begin()
    if (this.connection.unread !== null) this.#lookAtBody(now, time)
    else if (this.#body !== null) this.#body = null
    this.#lookAtAnswer(now)
    if (this.connection.unread === null && !this.connection.answering) this.connection.reply = this.#reply = null
  }

  #begin (): void {
    this.#reply = this.connection.reply
    this.#body = null
    this.#refused = false
  }

  #lookAtBody (now: number, time: number): void {
    const { reply, socket, unread } = this.connection
    const received = reply!.request.visit?.received ?? 0
    this.#body ??= new Transfer(this.bounds, now - Math.min(reply!.elapsedTime, time), socket.bytesRead - received)
    if (unread!.readableFlowing !== true) return this.#body.wait(time)
    const late = this.#body.check(now, socket.bytesRead)
    if (late !== undefined) this.#refuse(`the body is too slow: ${late}`)
  }

  /** Answers that the body is late, once, if it is still to be answered; the connection ends in any case. */
  #refuse (detail: string): void {
    const { reply, socket, answering } = this.connection
    const visit = reply!.request.visit
    if (this.#refused || !answering || visit === undefined || reply!.raw.headersSent) {
      socket.destroy()
      return
    }
    this.#refused = true
    this.#body = null
    this.connection.late()
    reply!.raw.shouldKeepAlive = false
    visit.abandon(new Failure('request_timeout', detail))
  }

  /** An answer that waits in the socket is one that the client does not read. */
  #lookAtAnswer (now: number): void {
    const { socket } = this.connection
    if (socket.writableLength === 0) {
      this.#answer = null
      return
    }
    const sent = delivered(socket)
    this.#answer ??= new Transfer(this.bounds, now, sent)
    if (this.#answer.check(now, sent) !== undefined) socket.destroy()
  }
}

/**
 * Bytes that the system has taken of what was written. Of a large buffer it takes a part at a time, which only the handle
 * knows; without that, whole writes count.
 */
function delivered (socket: Socket): number {
  const { _handle: handle, _bytesDispatched: dispatched } = socket as Socket & Undocumented
  if (handle?.writeQueueSize === undefined || dispatched === undefined) return socket.bytesWritten - socket.writableLength
  return dispatched - handle.writeQueueSize
}

interface Undocumented { readonly _handle?: { readonly writeQueueSize?: number }, readonly _bytesDispatched?: number }

/** Looks over the connections `open` of a service from now on, every `interval` milliseconds. */
export function watch (app: FastifyInstance, open: ReadonlySet<Connection>, bounds: Bounds, interval: number): void {
  const watched = new WeakMap<Connection, Watched>()
  let [now, last] = [0, performance.now()]
  const look = (): void => {
    const time = Math.min(performance.now() - last, 2 * interval) // a process that stood still has not looked at what came meanwhile
    ;[now, last] = [now + time, performance.now()]
    for (const connection of open) {
      if (connection.reply === null) continue
      if (!watched.has(connection)) watched.set(connection, new Watched(connection, bounds))
      watched.get(connection)!.look(now, time)
    }
  }
  const timer = setInterval(look, interval).unref()
  app.addHook('onClose', async () => { clearInterval(timer) })
}
