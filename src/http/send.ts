// Pieces → the response. Small answers become one string, so that their memory is free at once and that they leave
// with their headers in one write; larger ones are sent from where they lie, and their memory is free when they have
// been flushed; large texts leave piece by piece while the rest is written.
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Steps } from '../steps.js'
import type { Piece } from '../tensor/encode.js'
import type { Visit } from './visit.js'

/** Bytes up to which an answer is copied. */
const SMALL = 65536

/** Bytes from which on what is there leaves before the rest is. */
const LARGE = 1_048_576

function sizeOf (pieces: readonly Piece[]): number { return pieces.reduce((sum, piece) => sum + piece.length, 0) }

/** Small `pieces` as one copy, for which nothing that was held after the first `kept` is needed; large ones as they are. */
export function settle (visit: Visit, pieces: readonly Piece[], kept = 0): readonly Piece[] {
  const size = sizeOf(pieces)
  if (size > SMALL) return pieces
  const whole = pieces.every(piece => typeof piece === 'string') ? pieces.join('') : Buffer.concat(pieces.map(bytesOf), size)
  visit.release(kept)
  return [whole]
}

function bytesOf (piece: Piece): Buffer { return typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece }

/** Answers 200 with `pieces` of media type `type`. */
export function send (reply: FastifyReply, visit: Visit, type: string, pieces: readonly Piece[]): void {
  visit.sent = sizeOf(pieces)
  reply.header('content-type', type).header('content-length', visit.sent).header('server-timing', visit.timing)
  const settled = settle(visit, pieces)
  reply.send(settled.length === 1 ? settled[0] : Readable.from(settled.map(bytesOf), { objectMode: false, highWaterMark: SMALL }))
}

/** An answer on its way: with its length in front when it is complete by then, else in chunks. */
export class Outgoing {
  #pieces: Piece[] = []
  #size = 0
  #stream: Readable | null = null

  /** When not `eager`, nothing leaves before everything is there. */
  constructor (readonly reply: FastifyReply, readonly visit: Visit, readonly type: string, readonly eager: boolean) {}

  /** Adds a piece; what came before leaves, when that is much. */
  readonly add = (piece: Piece): void => {
    if (this.#stream === null && this.eager && this.#size >= LARGE) this.#begin()
    this.#size += piece.length
    if (this.#stream === null) this.#pieces.push(piece)
    else this.#stream.push(bytesOf(piece))
  }

  #begin (): void {
    this.#stream = new Readable({ read () {}, highWaterMark: SMALL })
    for (const piece of this.#pieces) this.#stream.push(bytesOf(piece))
    this.reply.header('content-type', this.type).header('server-timing', this.visit.timing).send(this.#stream)
  }

  /** Takes the steps that add the pieces; when they fail after some have left, the connection ends, which tells the client. */
  * fill (steps: Steps<void>): Steps<void> {
    try {
      yield * steps
    } catch (error) {
      if (this.#stream === null) throw error
      this.#stream.destroy(error as Error)
    }
  }

  /** Nothing is to be added any more. */
  end (): void {
    if (this.#stream === null) return send(this.reply, this.visit, this.type, this.#pieces)
    this.visit.sent = this.#size
    if (!this.#stream.destroyed) this.#stream.push(null)
  }
}
