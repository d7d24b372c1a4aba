// GET /livez and /readyz: whether the process runs, and whether it takes work.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { closing, type Closing } from './closing.js'
import { Problem } from './schemas.js'

/** Registers both; `end` knows whether the service is about to close. */
export function healthRoutes (app: FastifyInstance, end: Closing): void {
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
      description: 'Answers 200 from the moment the workers stand until the service is told to end, from when on it serves for another `SHUTDOWN_PAUSE`.',
      response: { 200: Status.describe('It takes work'), 503: Problem.describe('It is closing down') }
    }
  }, async () => {
    if (end.leaving) throw closing()
    return { status: 'ok' }
  })
}
