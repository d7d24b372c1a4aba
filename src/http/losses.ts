// GET /v1/losses, /v1/losses/:loss and the same for transforms: the catalogue as data.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Entry } from '../catalogue/define.js'
import type { Catalogue, Kind } from '../catalogue/index.js'
import { Failure } from '../errors.js'
import { hint } from './nearest.js'
import { optionsSchema, Problem } from './schemas.js'

/** An entry as callers see it. */
function entryData (entry: Entry) {
  return {
    name: entry.id,
    aliases: entry.aliases,
    family: entry.family,
    summary: entry.summary,
    formula: entry.formula,
    slots: Object.entries(entry.slots).map(([name, { shape, description, kind, optional, differentiable }]) =>
      ({ name, shape, description, kind, optional, differentiable })),
    options: z.toJSONSchema(optionsSchema(entry), { io: 'input', unrepresentable: 'any' }),
    equivalents: entry.equivalents,
    references: entry.references,
    notes: entry.notes
  }
}

const EntryData = z.object({
  name: z.string(),
  aliases: z.array(z.string()),
  family: z.string(),
  summary: z.string(),
  formula: z.string().describe('TeX of the unreduced loss'),
  slots: z.array(z.object({
    name: z.string(), shape: z.string(), description: z.string(), kind: z.string(), optional: z.boolean(), differentiable: z.boolean()
  })),
  options: z.record(z.string(), z.any()).describe('JSON Schema of the options'),
  equivalents: z.record(z.string(), z.string()).describe('The same function in other libraries'),
  references: z.array(z.string()),
  notes: z.array(z.string())
}).meta({ id: 'Entry', description: 'A loss or transform of the catalogue' })

/** No loss of that name: the three nearest are named. */
export function unknownEntry (catalogue: Catalogue, kind: Kind, name: string): Failure {
  return new Failure('unknown_loss', `there is no ${kind} ${JSON.stringify(name)}${hint(name, catalogue.names(kind), 3)}`)
}

/** Registers the catalogue's routes for one kind. */
export function catalogueRoutes (app: FastifyInstance, catalogue: Catalogue, kind: Kind, path: string): void {
  let entries: ReturnType<typeof entryData>[] | null = null
  const listed = () => {
    entries ??= catalogue.entries.filter(entry => entry.kind === kind).map(entryData)
    return entries
  }
  const plural = kind === 'loss' ? 'losses' : 'transforms'
  const list = kind === 'loss' ? z.object({ losses: z.array(EntryData) }) : z.object({ transforms: z.array(EntryData) })
  app.get(path, {
    schema: {
      tags: ['catalogue'],
      operationId: `list_${plural}`,
      summary: `List the ${plural}`,
      description: `Every ${kind} with its slots, options, formula and references, as data.`,
      response: { 200: list.describe(`The ${plural} of the catalogue`) }
    }
  }, async () => ({ [plural]: listed() }))
  app.get<{ Params: { name: string } }>(`${path}/:name`, {
    schema: {
      tags: ['catalogue'],
      operationId: `get_${kind}`,
      summary: `Describe one ${kind}`,
      description: `One ${kind}, by its name or an alias.`,
      params: z.object({ name: z.string().describe(`Name or alias of the ${kind}`) }),
      response: { 200: EntryData.describe(`The ${kind}`), 404: Problem.describe('There is no such entry') }
    }
  }, async request => {
    const entry = catalogue.find(kind, request.params.name)
    if (entry === undefined) throw unknownEntry(catalogue, kind, request.params.name)
    return entryData(entry)
  })
}
