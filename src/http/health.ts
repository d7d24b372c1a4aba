// GET /livez and /readyz: whether the process runs, and whether it takes work.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Failure } from '../errors.js'
import { Problem } from './schemas.js'

/** While the service closes, what is under way ends and its connection with it; what still arrives is refused. */
export function closingCheck (app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => { closing = true })
  app.addHook('onRequest', async request => {
    if (closing && request.url !== '/livez') throw new Failure('closing', 'the service is closing down', [], { 'retry-after': '1' })
  })
  app.addHook('onSend', async (_request, reply) => { if (closing) reply.header('connection', 'close') })
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
