// GET /v1/limits: what the service is configured to take, as data.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { VARIABLES, type Config, type Unit, type Variable } from '../config.js'
import { problems } from './openapi.js'

type Limit = Variable & { readonly unit: Unit }

/** The variables that are limits. */
const LIMITS = VARIABLES.filter((variable): variable is Limit => variable.unit !== undefined)

/** The name that callers know a limit by. */
const nameOf = ({ name }: Limit): string => name.toLowerCase()

const LimitsData = z.object(Object.fromEntries(LIMITS.map(limit => {
  const data = z.object({ value: z.number(), unit: z.literal(limit.unit) })
  return [nameOf(limit), data.describe(limit.description)] as const
}))).meta({ id: 'Limits', description: 'Every limit by its name' })

/** Registers the route. */
export function limitsRoute (app: FastifyInstance, config: Config): void {
  const limits = Object.fromEntries(LIMITS.map(limit => [nameOf(limit), { value: config[limit.key], unit: limit.unit }]))
  app.get('/v1/limits', {
    schema: {
      tags: ['operations'],
      operationId: 'limits',
      summary: 'Tell the limits',
      description: 'Every limit of this service with its value. Each is set by the environment variable of the same name in capitals.',
      response: { 200: LimitsData.describe('The limits'), ...problems([401, 403]) }
    }
  }, async () => limits)
}
