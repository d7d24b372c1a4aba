// Pieces → the response. Small answers become one string, so that their memory is free at once and that they leave
// with their headers in one write; large ones are sent from where they lie, and their memory is free when they have
// been flushed.
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Piece } from '../tensor/encode.js'
import type { Visit } from './visit.js'

/** Bytes up to which an answer is copied. */
const SMALL = 65536

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
  reply.header('content-type', type).header('content-length', sizeOf(pieces)).header('server-timing', visit.serverTiming)
  const settled = settle(visit, pieces)
  reply.send(settled.length === 1 ? settled[0] : Readable.from(settled.map(bytesOf), { objectMode: false, highWaterMark: SMALL }))
}
