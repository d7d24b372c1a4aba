// POST /v1/losses/:loss and /v1/transforms/:transform, made once for every entry: the flow, call by call.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { Entry } from '../catalogue/define.js'
import type { Arrival } from '../engine/arrival.js'
import { OperandFault, type Job, type Outcome } from '../engine/job.js'
import { run } from '../engine/run.js'
import { failAt } from '../errors.js'
import { faultOf, plan, type Evaluation } from '../plan.js'
import { decodeMembers, readMembers, readValue, type Raw } from '../tensor/decode/json.js'
import { decodeSafetensors, headerEnd } from '../tensor/decode/safetensors.js'
import type { Decoded, Source, Wanted } from '../tensor/decode/source.js'
import { encodeJson, encodeSafetensors, type Answer, type Emit } from '../tensor/encode.js'
import type { Steps } from '../steps.js'
import type { Precision } from '../tensor/dtype.js'
import type { NonFinite } from '../tensor/text.js'
import { answerFormat, MEDIA_TYPES, requestFormat, type Format } from './formats.js'
import { declaredSize, ingest, ingestStart, type Body } from './ingest.js'
import { readQuery, refuseMembers, splitQuery } from './query.js'
import { Transport } from './schemas.js'
import { Outgoing } from './send.js'
import { validate } from './validate.js'
import { Visit, visited, type Limits, type Shared } from './visit.js'

const FORMATS: readonly Format[] = ['json', 'safetensors']

/** The handler of one entry. */
export function evaluator (shared: Shared, entry: Entry) {
  return visited((request, reply) => evaluate(shared, entry, request, reply))
}

function * evaluate (shared: Shared, entry: Entry, request: FastifyRequest, reply: FastifyReply): Steps<void> {
  const { visit, transport, members } = arrive(shared, request)
  const [format, wanted] = [requestFormat(request, FORMATS), answerFormat(request, FORMATS)]
  const body = yield * takeIn(bodyOf(request), visit, format)
  visit.phase('ingest')
  const decoded = yield * decode(visit, entry, body, format, members)
  visit.phase('decode')
  const evaluation = validate(entry, decoded, { pointer: '', json: format === 'json' })
  visit.phase('validate')
  const outcome = yield * compute(visit, evaluation, body.arrival)
  visit.phase('compute')
  const outgoing = new Outgoing(reply, visit, MEDIA_TYPES[wanted][0]!, wanted === 'json' && transport.non_finite !== 'error')
  yield * outgoing.fill(encode(visit, answerOf(evaluation, outcome), wanted, transport.non_finite, outgoing.add))
  visit.phase('encode')
  outgoing.end()
}

/** Starts a visit; what the query string says of the transport is checked before anything is read. */
export function arrive (shared: Shared, request: FastifyRequest) {
  const { transport, members } = request.url.includes('?') ? queryOf(request.url) : NO_QUERY
  const timeout = Math.min(transport.timeout_ms ?? Infinity, patienceWith(request.raw, shared.limits))
  return { visit: new Visit(shared, request, timeout), transport, members }
}

/** Milliseconds until a request is abandoned, which are more when its body may take long. */
function patienceWith (request: IncomingMessage, { requestTimeout, bodyLimit, transferRate }: Limits): number {
  return requestTimeout + 1000 * Math.min(declaredSize(request) ?? 0, bodyLimit) / transferRate
}

/** What a query string says: of the transport, and of the loss. */
interface Query { readonly transport: z.output<typeof Transport>, readonly members: ReadonlyMap<string, unknown> }

const NO_QUERY: Query = { transport: Transport.parse({}), members: new Map() }

function queryOf (url: string): Query {
  const { transport, members } = splitQuery(readQuery(url))
  const { data, error } = Transport.safeParse(transport)
  if (error === undefined) return { transport: data, members }
  const [issue] = error.issues
  throw failAt('invalid_query', `/${String(issue!.path[0])}`, `${String(issue!.path[0])}: ${issue!.message}`)
}

/** The body's stream. @throws Failure when the request has none */
export function bodyOf (request: FastifyRequest): IncomingMessage {
  if (request.body === undefined || request.body === null) throw failAt('invalid_request', '', 'the body is empty')
  return request.body as IncomingMessage
}

/** The body: of safetensors its header is enough to begin with. */
function * takeIn (stream: IncomingMessage, visit: Visit, format: Format): Steps<Body> {
  if (format === 'json') return yield * ingest(stream, visit, format)
  return yield * ingestStart(stream, visit, format, (address, size) => headerEnd(visit, address, size))
}

function * decode (
  visit: Visit, entry: Entry, { region, size }: Body, format: Format, query: ReadonlyMap<string, unknown>
): Steps<Decoded> {
  if (format === 'safetensors') return yield * decodeBinary(visit, entry, region.address, size, query)
  refuseMembers(query)
  const members = yield * readMembers(visit, { address: region.address, from: startOf(visit, region.address, size), to: size })
  const decoded = yield * decodeMembers(visit, members, wantedSlots(entry), yield * precisionOf(visit, members))
  region.release()
  return decoded
}

/** Where a JSON text starts: behind a byte order mark, which it should not have (RFC 8259, section 8.1). */
export function startOf ({ bytes }: Source, address: number, size: number): number {
  return size >= 3 && bytes[address] === 0xef && bytes[address + 1] === 0xbb && bytes[address + 2] === 0xbf ? 3 : 0
}

/** Tensors by the names of slots; options from the query string. */
function * decodeBinary (
  source: Source, entry: Entry, address: number, size: number, query: ReadonlyMap<string, unknown>
): Steps<Decoded> {
  const tensors = yield * decodeSafetensors(source, address, size)
  const wanted = wantedSlots(entry)
  const clash = [...query.keys()].find(name => wanted.has(name))
  if (clash !== undefined) throw failAt('invalid_query', `/${clash}`, `${clash} is a tensor; it belongs in the body`)
  const strangers = [...tensors].filter(([name]) => !wanted.has(name))
  return {
    tensors: new Map([...tensors].filter(([name]) => wanted.has(name))),
    values: new Map([...query].map(([name, value]): [string, unknown] => [name, asOption(entry, name, value)])
      .concat(strangers.map(([name]) => [name, null])))
  }
}

/** A list of one, where an option is a list: a query string cannot tell them apart. */
function asOption ({ options }: Entry, name: string, value: unknown): unknown {
  const schema = Object.hasOwn(options, name) ? options[name] : undefined
  return schema === undefined || schema.safeParse(value).success || !schema.safeParse([value]).success ? value : [value]
}

const slotsWanted = new WeakMap<Entry, ReadonlyMap<string, Wanted>>()

/** Slots of `entry` and how their numbers are read. */
export function wantedSlots (entry: Entry): ReadonlyMap<string, Wanted> {
  const known = slotsWanted.get(entry)
  if (known !== undefined) return known
  const slots = Object.entries(entry.slots).map(([name, { kind, realShape }]): [string, Wanted] =>
    [name, kind === 'either' ? realShape ?? (shapeOf => shapeOf('input')) : kind])
  const all = new Map<string, Wanted>([...slots, ['grad_output', 'float']])
  slotsWanted.set(entry, all)
  return all
}

const Precisions = z.enum(['float32', 'float64'])

/** The `dtype` that JSON numbers are read as; whatever else stands there is refused later, with the other members. */
export function * precisionOf (source: Source, members: ReadonlyMap<string, Raw>): Steps<Precision> {
  const raw = members.get('dtype')
  if (raw === undefined) return 'float64'
  return Precisions.safeParse(yield * readValue(source, raw.value, raw.pointer)).data ?? 'float64'
}

/** Plans and runs; the outcome's memory belongs to the visit. */
export function * compute (visit: Visit, evaluation: Evaluation, arrival: Arrival | null = null): Steps<Outcome> {
  const outcome = yield * runJob(visit, evaluation, yield * jobOf(visit, evaluation, arrival), arrival)
  if (!outcome.finite) visit.shared.meter.nonFinite++
  return outcome
}

/** The job, when a first one has said what it needs to know. */
function * jobOf (visit: Visit, evaluation: Evaluation, arrival: Arrival | null): Steps<Job> {
  const planned = plan(evaluation)
  if ('job' in planned) return planned.job
  const first = yield * runJob(visit, evaluation, planned.first, arrival)
  first.release()
  return planned.then(first.sum!, first.divisor!)
}

/** Runs one job of an evaluation; its memory belongs to the visit. */
export function * runJob (visit: Visit, evaluation: Evaluation, job: Job, arrival: Arrival | null): Steps<Outcome> {
  const { memory, threads } = visit.shared
  visit.check()
  try {
    const outcome = yield * run(job, { memory, threads, patience: visit, arrival })
    visit.hold(outcome)
    return outcome
  } catch (error) {
    throw error instanceof OperandFault ? faultOf(evaluation, job, error) : error
  }
}

/** What is answered, in order. */
export function answerOf ({ entry, reduction }: Evaluation, { loss, sum, divisor, gradients }: Outcome): Answer {
  const described = [['dtype', loss.dtype], ['shape', loss.shape]] as const
  if (entry.kind === 'transform') return { main: { name: 'output', tensor: loss }, scalars: described, gradients }
  const parts = sum === null ? [] : [['sum', sum], ['divisor', divisor!]] as const
  return { main: { name: 'loss', tensor: loss }, scalars: [['reduction', reduction], ...described, ...parts], gradients }
}

/** Emits the answer in its format, in pieces. */
export function * encode (visit: Visit, answer: Answer, format: Format, nonFinite: NonFinite, emit: Emit): Steps<void> {
  if (format === 'json') return yield * encodeJson(visit, answer, nonFinite, emit)
  for (const piece of encodeSafetensors(visit, answer)) emit(piece)
}
