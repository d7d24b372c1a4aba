// GET /livez and /readyz: whether the process runs, and whether it takes work.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Problem } from './schemas.js'

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
