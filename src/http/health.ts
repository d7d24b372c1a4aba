// GET /livez and /readyz: whether the process runs, and whether it takes work.
import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Failure } from '../errors.js'
import { Problem } from './schemas.js'

/**
 * While the service closes, what is under way ends and is flushed, and its connection with it; what still arrives is
 * refused. The process's own limit ends clients that never read.
 */
export function closingCheck (app: FastifyInstance): void {
  let closing = false
  const open = new Set<ServerResponse>()
  app.addHook('onRequest', (request, reply, done) => {
    open.add(reply.raw)
    if (closing) reply.raw.shouldKeepAlive = false
    reply.raw.once('close', () => { open.delete(reply.raw) })
    const refused = closing && request.url !== '/livez'
    done(refused ? new Failure('closing', 'the service is closing down', [], { 'retry-after': '1' }) : undefined)
  })
  app.addHook('preClose', async () => {
    closing = true
    for (const response of open) response.shouldKeepAlive = false
    while (open.size > 0) await setTimeout(10)
  })
}

/** Registers both. */
export function healthRoutes (app: FastifyInstance): void {
  const Status = z.object({ status: z.literal('ok') })
  app.get('/livez', {
    schema: {
      tags: ['operations'],
      operationId: 'livez',
      summary: 'Tell whether the process runs',
      description: 'Answers 200 as long as the event loop turns.',
      response: { 200: Status.describe('It runs') }
    }
  }, async () => ({ status: 'ok' }))
  app.get('/readyz', {
    schema: {
      tags: ['operations'],
      operationId: 'readyz',
      summary: 'Tell whether the service takes work',
      description: 'Answers 200 from the moment the workers stand until the service starts to close.',
      response: { 200: Status.describe('It takes work'), 503: Problem.describe('It is closing down') }
    }
  }, async () => ({ status: 'ok' }))
}
