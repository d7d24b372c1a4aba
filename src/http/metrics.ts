// GET /metrics, and what requests tell the meters when they are over.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { OTHER, UNKNOWN, type Bodies, type Meters } from '../observe/meter.js'
import type { Metrics } from '../observe/metrics.js'
import { JSON_TYPE, MEDIA_TYPES } from './formats.js'

/** Registers the route. */
export function metricsRoute (app: FastifyInstance, metrics: Metrics): void {
  app.get('/metrics', {
    schema: {
      tags: ['operations'],
      operationId: 'metrics',
      summary: 'Tell what the service has done',
      description: 'Counts since the start and the state now, in the text format of Prometheus: requests by loss, format and status with their durations, durations of phases, ' +
        'bytes, memory, threads, event loop. Where the service is run with METRICS_PORT, they are told at that port alone.',
      response: { 200: { description: 'The metrics', content: { 'text/plain': { schema: z.string().describe('A line for each value') } } } }
    }
  }, async (_request, reply) => {
    const text = await metrics.text()
    return reply.type(metrics.contentType).send(text)
  })
}

/** Counts a request that is over, of which `sent` bytes were answered. */
export function count (meters: Meters, request: FastifyRequest, reply: FastifyReply, entry: string | undefined, sent: number): void {
  const { visit } = request
  const meter = visit?.shared.meter ?? meters.of(request.is404 ? UNKNOWN : entry ?? OTHER)
  meter.answered(visit === undefined ? 'none' : formatOf(request.headers['content-type']), reply.statusCode, reply.elapsedTime / 1000)
  meter.received += visit?.received ?? 0
  meter.sent += sent
}

/** The format that a body comes in, as far as its media type is one that is offered. */
function formatOf (type: string = JSON_TYPE): Bodies {
  if (type === JSON_TYPE) return 'json'
  const plain = type.split(';')[0]!.trim().toLowerCase()
  return plain === JSON_TYPE ? 'json' : MEDIA_TYPES.safetensors.includes(plain) ? 'safetensors' : 'none'
}
