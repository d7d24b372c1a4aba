// POST /v1/batch: many evaluations in one call. An item's members win over `shared`; an item that fails fails alone.
import { setImmediate } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Entry } from '../catalogue/define.js'
import type { Catalogue } from '../catalogue/index.js'
import type { Config } from '../config.js'
import { failAt } from '../errors.js'
import { decodeMembers, readList, readMembers, readValue, type Raw } from '../tensor/decode/json.js'
import type { Decoded } from '../tensor/decode/source.js'
import type { Steps } from '../steps.js'
import type { Piece } from '../tensor/encode.js'
import type { NonFinite } from '../tensor/text.js'
import { arrive, answerOf, bodyOf, compute, encode, precisionOf, startOf, wantedSlots } from './evaluate.js'
import { failureOf, problemOf, within } from './failures.js'
import { answerFormat, JSON_TYPE, requestFormat } from './formats.js'
import { ingest } from './ingest.js'
import { hint } from './nearest.js'
import { unknownEntry } from './losses.js'
import { problems } from './openapi.js'
import { refuseMembers } from './query.js'
import { send, settle } from './send.js'
import { validate } from './validate.js'
import { visited, type Shared, type Visit } from './visit.js'

/** The documentation of the operation. */
export const batchOperation = ({ batchItems }: Pick<Config, 'batchItems'>) => ({
  tags: ['batch'],
  operationId: 'evaluate_batch',
  summary: 'Evaluate many losses in one call',
  description: 'Each item names its `loss` and holds the members of a request to it; members of `shared` are those of every item that does ' +
    'not have them itself. Answers keep the order; an item that fails fails alone, with a problem in its place.',
  body: z.object({
    shared: z.record(z.string(), z.any()).optional().describe('Members of every item that does not have them itself'),
    items: z.array(z.record(z.string(), z.any())).max(batchItems).describe('Requests, each with the member `loss`')
  }),
  response: {
    200: z.object({ items: z.array(z.record(z.string(), z.any())) }).describe('Answers or problems, in the order of the items'),
    ...problems([400, 401, 403, 406, 413, 415, 503, 504])
  },
  example: { shared: { target: [1, 0] }, items: [{ loss: 'mse', input: [0.5, 0.5] }, { loss: 'l1', input: [0.5, 0.5], reduction: 'sum' }] }
})

/** Failures that concern the whole call, not the item that met them first. */
const OF_THE_CALL = new Set(['deadline_exceeded', 'client_closed'])

/** The handler. */
export function batchEvaluator (shared: Shared, catalogue: Catalogue) {
  return visited((request, reply) => evaluate(shared, catalogue, request, reply))
}

function * evaluate (shared: Shared, catalogue: Catalogue, request: FastifyRequest, reply: FastifyReply): Steps<void> {
  const { visit, transport, members } = arrive(shared, request)
  const format = requestFormat(request, ['json'])
  answerFormat(request, ['json'])
  refuseMembers(members)
  const { region, size } = yield * ingest(bodyOf(request), visit, format)
  visit.phase('ingest')
  const { common, items } = yield * readBatch(visit, region.address, size)
  visit.phase('decode')
  const pieces: Piece[] = ['{"items":[']
  const pause = new Pause()
  for (const [at, item] of items.entries()) {
    if (at > 0) pieces.push(',')
    yield * pause.due()
    pieces.push(...yield * answerItem(request, visit, catalogue, common, item, transport.non_finite))
  }
  visit.phase('compute')
  send(reply, visit, JSON_TYPE, [...pieces, ']}'])
}

/** Milliseconds that items may be evaluated one after the other before others have their turn. */
const TURN = 5

/** Lets the event loop turn when a turn's time is over: small items never wait for a thread. */
class Pause {
  * due (): Steps<void> {
    if (performance.now() - this.#since < TURN) return
    yield setImmediate()
    this.#since = performance.now()
  }

  #since = performance.now()
}

function * readBatch (visit: Visit, address: number, size: number): Steps<{ common: Map<string, Raw>, items: Raw[] }> {
  const members = yield * readMembers(visit, { address, from: startOf(visit, address, size), to: size })
  for (const name of members.keys()) {
    if (name !== 'shared' && name !== 'items') {
      throw failAt('invalid_request', `/${name}`, `${JSON.stringify(name)} is no member of a batch${hint(name, ['shared', 'items'])}`)
    }
  }
  const [shared, list] = [members.get('shared'), members.get('items')]
  if (list === undefined) throw failAt('invalid_request', '/items', 'items is missing')
  const items = yield * readList(visit, list, visit.limits.batchItems)
  return { common: shared === undefined ? new Map<string, Raw>() : yield * readMembers(visit, shared.value, shared.pointer), items }
}

/** Tensors know where they lie, be it in an item or in `shared`; options lie in their item. */
const TENSORS = /^\/(?:items|shared)\//

/** One item's answer, or its problem. */
function * answerItem (
  request: FastifyRequest, visit: Visit, catalogue: Catalogue, common: ReadonlyMap<string, Raw>, item: Raw, nonFinite: NonFinite
): Steps<readonly Piece[]> {
  const kept = visit.holding
  try {
    return settle(visit, yield * evaluateItem(visit, catalogue, common, item, nonFinite), kept)
  } catch (error) {
    visit.release(kept)
    const failure = failureOf(error)
    if (OF_THE_CALL.has(failure.code)) throw error
    if (failure.code === 'internal') request.log.error({ reqId: request.id, err: error }, 'failed')
    return [Buffer.from(JSON.stringify(problemOf(failure, request)))]
  }
}

function * evaluateItem (
  visit: Visit, catalogue: Catalogue, common: ReadonlyMap<string, Raw>, item: Raw, nonFinite: NonFinite
): Steps<Piece[]> {
  const own = yield * readMembers(visit, item.value, item.pointer)
  const members = new Map([...common, ...own])
  const entry = yield * entryOf(visit, catalogue, members, item.pointer)
  members.delete('loss')
  const decoded: Decoded = yield * decodeMembers(visit, members, wantedSlots(entry), yield * precisionOf(visit, members))
  const evaluation = validate(entry, decoded, { pointer: item.pointer, json: true })
  try {
    const pieces: Piece[] = []
    yield * encode(visit, answerOf(evaluation, yield * compute(visit, evaluation)), 'json', nonFinite, piece => { pieces.push(piece) })
    return pieces
  } catch (error) {
    throw within(error, item.pointer, TENSORS)
  }
}

/** The entry that an item's `loss` names. */
function * entryOf (visit: Visit, catalogue: Catalogue, members: ReadonlyMap<string, Raw>, pointer: string): Steps<Entry> {
  const raw = members.get('loss')
  if (raw === undefined) throw failAt('invalid_request', `${pointer}/loss`, 'loss is missing')
  const name = yield * readValue(visit, raw.value, raw.pointer)
  if (typeof name !== 'string') throw failAt('invalid_request', raw.pointer, 'loss is no string')
  const entry = catalogue.find('loss', name) ?? catalogue.find('transform', name)
  if (entry === undefined) throw failAt('unknown_loss', raw.pointer, unknownEntry(catalogue, 'loss', name).message)
  return entry
}
