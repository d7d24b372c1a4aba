// Pieces → the response. Small answers are copied together, so that their memory is free at once; large ones are sent
// from where they lie, and their memory is free when they have been flushed.
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Visit } from './visit.js'

/** Bytes up to which an answer is copied. */
const SMALL = 65536

function sizeOf (pieces: readonly Buffer[]): number { return pieces.reduce((sum, piece) => sum + piece.length, 0) }

/** Small `pieces` as one copy, for which nothing that was held after the first `kept` is needed; large ones as they are. */
export function settle (visit: Visit, pieces: readonly Buffer[], kept = 0): readonly Buffer[] {
  const size = sizeOf(pieces)
  if (size > SMALL) return pieces
  const whole = Buffer.concat(pieces, size)
  visit.release(kept)
  return [whole]
}

/** Answers 200 with `pieces` of media type `type`. */
export function send (reply: FastifyReply, visit: Visit, type: string, pieces: readonly Buffer[]): FastifyReply {
  reply.header('content-type', type).header('content-length', sizeOf(pieces)).header('server-timing', visit.serverTiming)
  const [whole, ...more] = settle(visit, pieces)
  if (more.length === 0) return reply.send(whole)
  return reply.send(Readable.from(pieces, { objectMode: false, highWaterMark: SMALL }))
}
