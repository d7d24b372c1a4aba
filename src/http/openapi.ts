// Entries → documented routes, and the OpenAPI document's own information. Losses, transforms and their aliases are
// operations of their own, each with its formula, options and an example that works.
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Entry } from '../catalogue/define.js'
import { descriptionOf } from '../catalogue/describe.js'
import { refusalsOf } from '../catalogue/rejections.js'
import { ERRORS } from '../errors.js'
import { MEDIA_TYPES, PROBLEM_TYPE, SAFETENSORS_TYPE } from './formats.js'
import { answerSchema, optionsSchema, Problem, requestSchema, Transport } from './schemas.js'

const transformSchema = createJsonSchemaTransform({})

/** Registers the document and the page that shows it. */
export async function documentation (app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'lossd',
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        description: 'Evaluates machine-learning loss functions: values, per-element values and gradients, with PyTorch\'s semantics.'
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'losses', description: 'Evaluate a loss' },
        { name: 'transforms', description: 'Apply a transform' },
        { name: 'batch', description: 'Evaluate many losses in one call' },
        { name: 'catalogue', description: 'What is offered, as data' },
        { name: 'operations', description: 'Health and documentation' }
      ],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'Only where the service is run with API_KEYS' } } },
      security: [{}, { key: [] }]
    },
    transform: input => {
      const source = (input.schema as Deferred | undefined)?.document?.() ?? input.schema
      const { schema, url } = transformSchema({ ...input, schema: source } as never)
      return { schema: withBinary(schema as Record<string, unknown>, source), url }
    },
    transformObject: input => withSharedProblems(withoutTwins(jsonSchemaTransformObject(input as never) as OpenApi)) as object
  })
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'list' }, staticCSP: true })
}

type Responses = Record<string, unknown>
type OpenApi = {
  components?: { schemas?: Record<string, unknown>, responses?: Responses }
  paths?: Record<string, Record<string, { responses?: Responses }>>
}

/** Puts problems, which are the same in every operation, into the components, once for each status. */
function withSharedProblems (document: OpenApi): OpenApi {
  const shared: Responses = {}
  for (const operation of Object.values(document.paths ?? {}).flatMap(path => Object.values(path))) {
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      if (Number(status) < 400) continue
      const name = `Problem${status}`
      shared[name] ??= response
      if (JSON.stringify(shared[name]) === JSON.stringify(response)) operation.responses![status] = { $ref: `#/components/responses/${name}` }
    }
  }
  return { ...document, components: { ...document.components, responses: shared } }
}

/** Drops the components that only repeat another one for input. */
function withoutTwins (document: OpenApi): OpenApi {
  const { schemas = {} } = document.components ?? {}
  const kept = Object.entries(schemas).filter(([name]) => !(name.endsWith('Input') && name.slice(0, -'Input'.length) in schemas))
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(kept) } }
}

interface Documented extends FastifySchema { example?: unknown, binary?: boolean }

/** A documentation that is made when it is asked for: those of a whole catalogue take room and time that few need. */
interface Deferred extends FastifySchema { document?: () => Documented }

/** Adds the binary form beside the JSON form of an evaluation's body. */
function withBinary (schema: Record<string, unknown>, source: Documented | undefined): FastifySchema {
  const { example, binary, ...rest } = schema
  if (source?.example === undefined) return rest
  const json = { schema: { ...rest.body as object, 'x-examples': { example: { summary: 'An example', value: example } } } }
  const file = { schema: { type: 'string', contentMediaType: SAFETENSORS_TYPE } }
  const binaries = binary === true ? Object.fromEntries(MEDIA_TYPES.safetensors.map(type => [type, file])) : {}
  return { ...rest, body: { content: { 'application/json': json, ...binaries } } }
}

/** The documentation of the operations of `entry`, by name, made when it is asked for. */
export function operationsOf (entry: Entry): Map<string, Deferred> {
  let made: Map<string, Documented> | null = null
  const document = (name: string): Documented => {
    made ??= documentsOf(entry)
    return made.get(name)!
  }
  return new Map([entry.id, ...entry.aliases].map(name => [name, { document: () => document(name) }]))
}

/** The same, made: an alias says whose it is; schemas are made once. */
function documentsOf (entry: Entry): Map<string, Documented> {
  const shared = {
    tags: [entry.kind === 'loss' ? 'losses' : 'transforms'],
    summary: entry.summary,
    body: requestSchema(entry),
    querystring: z.object({ ...binaryOptions(entry).shape, ...Transport.shape }),
    response: { 200: answers(entry), ...REFUSALS },
    example: entry.example,
    binary: true
  }
  const text = describe(entry)
  return new Map([entry.id, ...entry.aliases].map(name => [name, {
    ...shared,
    operationId: `${entry.kind === 'loss' ? 'evaluate' : 'apply'}_${name}`,
    description: name === entry.id ? text : `Another name of \`${entry.id}\`. ${text}`
  }]))
}

/** Options in the query string, for binary bodies: all of them may be left out. */
function binaryOptions (entry: Entry): z.ZodObject {
  const shape = Object.entries(optionsSchema(entry).shape).map(([name, schema]) => [name, described(schema)] as const)
  return z.object(Object.fromEntries(shape))
}

function described (schema: z.ZodType): z.ZodType {
  return schema.describe(`${descriptionOf(schema)} (binary bodies only; JSON bodies have it as a member)`)
}

function answers (entry: Entry) {
  return {
    description: entry.kind === 'loss' ? 'The loss, its parts and the gradients asked for' : 'The transformed tensor and the gradients asked for',
    content: {
      'application/json': { schema: answerSchema(entry) },
      [SAFETENSORS_TYPE]: {
        schema: z.string().describe(`Tensors \`${entry.kind === 'loss' ? 'loss' : 'output'}\` and \`gradients.<slot>\`; the scalars are in \`__metadata__\``)
      }
    }
  }
}

interface Response { readonly description: string, readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>> }

/** Problems by status, each with the codes it may carry. */
export function problems (statuses: readonly number[]): Record<number, Response> {
  return Object.fromEntries(statuses.map(status => {
    const codes = Object.entries(ERRORS).filter(([, [own]]) => own === status)
    const description = codes.map(([code, [, title]]) => `\`${code}\`: ${title}`).join('. ')
    return [status, { description, content: { [PROBLEM_TYPE]: { schema: Problem } } }]
  }))
}

const REFUSALS = problems([400, 401, 403, 406, 413, 415, 422, 503, 504])

/** What an operation says of itself: formula, slots, options, conventions, refusals, where else to find it. */
function describe (entry: Entry): string {
  const slots = Object.entries(entry.slots).map(([name, slot]) =>
    `- \`${name}\` ${slot.shape}${slot.optional ? ', optional' : ''}${slot.differentiable ? ', differentiable' : ''}: ${slot.description}`)
  const elsewhere = Object.entries(entry.equivalents).map(([library, name]) => `- ${library}: ${name}`)
  return [
    `$$${entry.formula}$$`,
    ...section('Slots', slots),
    ...section('Conventions', entry.notes.map(note => `- ${note}`)),
    ...section('Refused', refusalsOf(entry).map(line => `- ${line}`)),
    ...section('The same elsewhere', elsewhere)
  ].join('\n\n')
}

function section (title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`**${title}**`, lines.join('\n')]
}
