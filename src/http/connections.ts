// Connections: what Node's server is told about them, what is known of each, and how they end. The time that bodies and
// readers take is watched by `pace.ts`; what cannot be parsed is answered by `refusals.ts`.
import type { IncomingMessage, ServerOptions } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Config } from '../config.js'
import { discard } from './direct.js'
import { checkHead } from './head.js'
import { watch } from './pace.js'

/** Bytes that are still read of a client that has its answer, and milliseconds that it has to read that; the same for one that was too slow. */
const DRAINED = 64 * 2 ** 20
const LINGER = 4000
const LINGER_LATE = 500

/** What is known of a connection. */
export class Connection {
  /** The reply to the last request on it, until that is over. */
  reply: FastifyReply | null = null
  /** Milliseconds that the client has to read the last answer, while it still sends. */
  patience = LINGER
  #requests = 0
  /** Replies that were not alone, since one waits for another. */
  #queued: FastifyReply[] = []

  constructor (readonly socket: Socket) {}

  /** A request has come; the connection ends after the `most`th. Node's own count would only ask the client to end it. */
  take (reply: FastifyReply, most: number): void {
    if (this.answering) this.#queued.push(reply)
    else if (this.#queued.length > 0) this.#queued = []
    this.reply = reply
    if (++this.#requests >= most) reply.raw.shouldKeepAlive = false
  }

  /** The request whose body has not come to its end. */
  get unread (): IncomingMessage | null {
    const request = this.reply?.request.raw
    return request === undefined || request.complete ? null : request
  }

  /** The connection is closed: Node says so to the reply whose turn it was, and not to those behind it. */
  end (): void {
    for (const { raw } of this.#queued.splice(0)) {
      if (!raw.destroyed) raw.destroy().emit('close')
    }
  }

  /** The client was too slow. */
  late (): void { this.patience = LINGER_LATE }

  /** Whether the last request is still to be answered. */
  get answering (): boolean { return this.reply !== null && !this.reply.raw.destroyed }
}

const CONNECTION = Symbol('connection')

type Known = Socket & { [CONNECTION]?: Connection }

/** What is known of the connection of `socket`; nothing of what is injected. */
export function connectionOf (socket: Socket): Connection | undefined { return (socket as Known)[CONNECTION] }

/** Milliseconds between two looks at time-outs, which are observed at most this much late: a tenth of the shortest, at most half a second. */
export function checkingInterval ({ headTimeout, bodyTimeout, stallTimeout }: Config): number {
  return Math.max(20, Math.min(500, Math.floor(Math.min(headTimeout, bodyTimeout, stallTimeout) / 10)))
}

/**
 * Options of Node's server. It watches heads alone: its `requestTimeout` knows one time for all bodies, and is off.
 * Header lines are counted by `checkHead`, as Node's own bound drops those beyond it unsaid.
 */
export function serverOptions (config: Config): ServerOptions {
  return {
    maxHeaderSize: config.headerLimit,
    headersTimeout: config.headTimeout,
    requestTimeout: 0,
    connectionsCheckingInterval: checkingInterval(config),
    requireHostHeader: false
  }
}

/** Sets up the connections of a service. */
export function connections (app: FastifyInstance, config: Config): void {
  const { server } = app
  const open = new Set<Connection>()
  server.maxConnections = config.maxConnections
  server.maxHeadersCount = 0
  server.on('connection', (socket: Known) => {
    const connection = socket[CONNECTION] = new Connection(socket)
    socket.destroySoon = endSoon
    open.add(connection)
    socket.on('close', () => {
      open.delete(connection)
      process.nextTick(() => { connection.end() })
    })
  })
  app.addHook('onRequest', (request, reply, done) => {
    connectionOf(request.raw.socket)?.take(reply, config.socketRequests)
    done(checkHead(request.raw, config.headerLines))
  })
  watch(app, open, config, checkingInterval(config))
}

/** What Node calls after the last response on a connection. */
function endSoon (this: Socket): void {
  if (connectionOf(this)?.unread === null) Socket.prototype.destroySoon.call(this)
  else linger(this)
}

/**
 * Ends a connection whose client may still send: were it closed with bytes unread, the client would be told of a reset
 * instead of the answer.
 */
export function linger (socket: Socket): void {
  drop(socket)
  socket.end()
  const end = (): void => { Socket.prototype.destroySoon.call(socket) }
  if (socket.readableEnded) return end()
  const timer = setTimeout(() => { socket.destroy() }, connectionOf(socket)?.patience ?? LINGER).unref()
  socket.on('end', end).on('close', () => { clearTimeout(timer) })
}

/** What comes is not parsed any more; a client that goes on for long is cut. */
export function drop (socket: Socket): void {
  let left = DRAINED
  discard(socket, size => { if ((left -= size) < 0) socket.destroy() })
}
