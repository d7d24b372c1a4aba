// Pieces → the response. Small answers are copied together, so that their memory is free at once; large ones are sent
// from where they lie, and their memory is free when they have been flushed.
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Visit } from './visit.js'

/** Bytes up to which an answer is copied. */
export const SMALL = 65536

/** Answers 200 with `pieces` of media type `type`. */
export function send (reply: FastifyReply, visit: Visit, type: string, pieces: readonly Buffer[]): FastifyReply {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
  reply.header('content-type', type).header('content-length', size).header('server-timing', visit.serverTiming)
  if (size > SMALL) return reply.send(Readable.from(pieces, { objectMode: false, highWaterMark: SMALL }))
  const whole = Buffer.concat(pieces, size)
  visit.release()
  return reply.send(whole)
}
