// POST /v1/losses/composite: a weighted sum of losses over named tensors, its parts, and the gradients of the sum.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Catalogue } from '../catalogue/index.js'
import type { Outcome } from '../engine/job.js'
import { failAt } from '../errors.js'
import { reached, type Evaluation } from '../plan.js'
import type { Steps } from '../steps.js'
import { decodeSlots, readingOnce, readMembers, readValue, tensorReader } from '../tensor/decode/json.js'
import { decodeSafetensors } from '../tensor/decode/safetensors.js'
import { levelsIn, refuseLoose } from '../tensor/decode/strict.js'
import type { Precision } from '../tensor/dtype.js'
import type { Answer, Scalar } from '../tensor/encode.js'
import type { Tensor } from '../tensor/tensor.js'
import { combination, contributions, gradientSlots, MOST_PARTS, PartSchema, readParts, type Part } from './composition.js'
import { arrive, bodyOf, compute, encode, runJob, startOf, wantedSlots } from './evaluate.js'
import { within } from './failures.js'
import { answerFormat, MEDIA_TYPES, requestFormat, SAFETENSORS_TYPE, type Format } from './formats.js'
import { ingest } from './ingest.js'
import { hint } from './nearest.js'
import { problems } from './openapi.js'
import { refuseMembers } from './query.js'
import { numbers, tensor, Transport } from './schemas.js'
import { Outgoing } from './send.js'
import { validate } from './validate.js'
import { visited, type Shared, type Visit } from './visit.js'

const FORMATS: readonly Format[] = ['json', 'safetensors']

/** Members besides the tensors. */
const Settings = z.object({
  losses: z.array(PartSchema).min(1).max(MOST_PARTS).describe('Losses that are added up'),
  gradients: z.array(z.string()).max(64).default([]).describe('Names of tensors; the gradients are those of the total'),
  dtype: z.enum(['float32', 'float64']).optional().describe('Arithmetic and answer; float64 for JSON, for binary bodies the widest type they bring')
})

/** The documentation of the operation. */
export const compositeOperation = {
  tags: ['losses'],
  operationId: 'evaluate_composite',
  summary: 'Evaluate a weighted sum of losses over named tensors',
  description: 'Several losses over the same tensors in one request: the answer holds the total Σ coefficient · loss, every part, and the ' +
    'gradients of the total, each in the shape of its tensor. `slots` says which tensor stands in which slot; a slot that is not named ' +
    'takes the tensor of its own name. In a binary body the tensors stand under their names, and `losses` is JSON text in the query string.',
  body: z.object({ tensors: z.record(z.string(), tensor('A tensor')).describe('Tensors by name'), ...Settings.shape }),
  querystring: z.object({
    losses: z.string().optional().describe('The losses as JSON text (binary bodies only)'),
    gradients: Settings.shape.gradients.optional(),
    dtype: Settings.shape.dtype,
    ...Transport.shape
  }),
  response: {
    200: {
      description: 'The total, its parts and the gradients asked for',
      content: {
        'application/json': {
          schema: z.object({
            loss: z.number().describe('The total'),
            dtype: z.enum(['float32', 'float64']),
            parts: z.array(z.object({
              name: z.string(),
              loss: z.number(),
              coefficient: z.number(),
              reduction: z.string(),
              sum: z.number().optional(),
              divisor: z.number().optional()
            })).describe('The losses before their coefficients, in the order of the request'),
            gradients: z.record(z.string(), numbers('The gradient of the total')).optional()
          })
        },
        [SAFETENSORS_TYPE]: { schema: z.string().describe('Tensors `loss` and `gradients.<tensor>`; the parts are JSON text in `__metadata__`') }
      }
    },
    ...problems([400, 401, 403, 404, 406, 413, 415, 422, 503, 504])
  },
  binary: true,
  example: {
    tensors: { input: [[2, -1, 0.5], [0.1, 0.2, 3]], target: [0, 2], teacher: [[0.7, 0.1, 0.2], [0.1, 0.1, 0.8]] },
    losses: [
      { loss: 'cross_entropy', label_smoothing: 0.1 },
      { loss: 'cross_entropy', name: 'distillation', slots: { target: 'teacher' }, coefficient: 0.5 }
    ],
    gradients: ['input']
  }
}

/** A decoded request: how to read the tensors of a part, and what is asked of them. */
interface Asked {
  readonly parts: readonly Part[]
  readonly gradients: readonly string[]
  readonly dtype: Precision | undefined
  readonly tensorsOf: (part: Part) => Steps<ReadonlyMap<string, Tensor>>
}

/** The handler. */
export function compositeEvaluator (shared: Shared, catalogue: Catalogue) {
  return visited((request, reply) => evaluate(shared, catalogue, request, reply))
}

function * evaluate (shared: Shared, catalogue: Catalogue, request: FastifyRequest, reply: FastifyReply): Steps<void> {
  const { visit, transport, members } = arrive(shared, request)
  const [format, wanted] = [requestFormat(request, FORMATS), answerFormat(request, FORMATS)]
  const { region, size } = yield * ingest(bodyOf(request), visit, format)
  visit.phase('ingest')
  const asked = format === 'json'
    ? yield * askedInJson(visit, region.address, size, members, catalogue)
    : yield * askedInBinary(visit, region.address, size, members, catalogue)
  const evaluations = yield * evaluationsOf(asked, format)
  visit.phase('decode')
  const answer = yield * answerTo(visit, asked, evaluations)
  visit.phase('compute')
  const outgoing = new Outgoing(reply, visit, MEDIA_TYPES[wanted][0]!, wanted === 'json' && transport.non_finite !== 'error')
  yield * outgoing.fill(encode(visit, answer, wanted, transport.non_finite, outgoing.add))
  visit.phase('encode')
  outgoing.end()
}

const MEMBERS = ['tensors', 'losses', 'gradients', 'dtype']

function * askedInJson (
  visit: Visit, address: number, size: number, query: ReadonlyMap<string, unknown>, catalogue: Catalogue
): Steps<Asked> {
  refuseMembers(query)
  const members = yield * readMembers(visit, { address, from: startOf(visit, address, size), to: size })
  refuseStrangers(members.keys())
  const raw = members.get('tensors')
  if (raw === undefined) throw failAt('invalid_request', '/tensors', 'tensors is missing')
  const tensors = yield * readMembers(visit, raw.value, raw.pointer)
  const values = new Map<string, unknown>()
  for (const [name, { value, pointer }] of members) if (name !== 'tensors') values.set(name, yield * readValue(visit, value, pointer))
  const { gradients, dtype } = settingsOf(values, new Set(tensors.keys()))
  const read = readingOnce(tensorReader(visit, dtype ?? 'float64'))
  return {
    parts: readParts(values.get('losses'), new Set(tensors.keys()), catalogue),
    gradients,
    dtype: dtype ?? 'float64',
    tensorsOf: part => decodeSlots(named(part, tensors), wantedSlots(part.entry), read)
  }
}

/** What the part's slots name. */
function named<T> ({ slots }: Part, tensors: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...slots].map(([slot, name]) => [slot, tensors.get(name)!]))
}

/** The same, of tensors that are there already. */
function * inSlots (part: Part, tensors: ReadonlyMap<string, Tensor>): Steps<Map<string, Tensor>> { return named(part, tensors) }

function * askedInBinary (
  visit: Visit, address: number, size: number, query: ReadonlyMap<string, unknown>, catalogue: Catalogue
): Steps<Asked> {
  refuseStrangers(query.keys())
  const found = yield * decodeSafetensors(visit, address, size)
  const tensors = new Map([...found].map(([name, tensor]) => [name, { ...tensor, pointer: `/tensors${tensor.pointer}` }]))
  const names = new Set(tensors.keys())
  const parts = readParts(lossesIn(query, visit.limits.jsonDepth), names, catalogue)
  return {
    ...settingsOf(query, names),
    parts,
    tensorsOf: part => inSlots(part, tensors)
  }
}

/** The losses that the query string tells. */
function lossesIn (query: ReadonlyMap<string, unknown>, deepest: number): unknown {
  const text = String(query.get('losses'))
  if (levelsIn(text) > deepest) throw failAt('invalid_query', '/losses', `lists and objects are nested more than ${deepest} deep`)
  const value = parsed(text)
  refuseLoose(text, value, '/losses')
  return value
}

function parsed (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw failAt('invalid_query', '/losses', 'losses is no JSON text')
  }
}

function refuseStrangers (names: Iterable<string>): void {
  for (const name of names) {
    if (MEMBERS.includes(name)) continue
    throw failAt('invalid_request', `/${name}`, `${JSON.stringify(name)} is no member of a composite${hint(name, MEMBERS)}`)
  }
}

/** `gradients` and `dtype`. */
function settingsOf (values: ReadonlyMap<string, unknown>, names: ReadonlySet<string>): Pick<Asked, 'gradients' | 'dtype'> {
  const { data, error } = Settings.omit({ losses: true }).safeParse(Object.fromEntries(values))
  if (error !== undefined) {
    const [issue] = error.issues as [z.core.$ZodIssue]
    throw failAt(issue.code === 'invalid_value' ? 'invalid_option' : 'invalid_request', `/${issue.path.join('/')}`, issue.message)
  }
  data.gradients.forEach((name, at) => {
    if (!names.has(name)) throw failAt('invalid_option', `/gradients/${at}`, `there is no tensor ${JSON.stringify(name)}${hint(name, names)}`)
  })
  return { gradients: [...new Set(data.gradients)], dtype: data.dtype }
}

/** The parts as evaluations, all in one precision: the widest that one of them brings. */
function * evaluationsOf ({ parts, gradients, dtype, tensorsOf }: Asked, format: Format): Steps<Evaluation[]> {
  const evaluations: Evaluation[] = []
  for (const part of parts) {
    const values = new Map([...part.values, ['gradients', gradientSlots(part, gradients)]])
    const tensors = yield * tensorsOf(part)
    evaluations.push(validate(part.entry, { tensors, values }, { pointer: part.pointer, json: format === 'json' }))
  }
  const precision = dtype ?? (evaluations.some(evaluation => reached(evaluation) === 'float64') ? 'float64' : 'float32')
  return evaluations.map(evaluation => ({ ...evaluation, dtype: precision }))
}

function * answerTo (visit: Visit, { parts, gradients }: Asked, evaluations: readonly Evaluation[]): Steps<Answer> {
  const outcomes: Outcome[] = []
  for (const [at, evaluation] of evaluations.entries()) outcomes.push(yield * computePart(visit, parts[at]!, evaluation))
  const precision = evaluations[0]!.dtype!
  const found = new Map<string, Tensor>()
  for (const [name, list] of contributions(parts, outcomes, gradients)) {
    const { gradients } = yield * runJob(visit, evaluations[0]!, combination(name, list, precision), null)
    found.set(name, gradients.get(name)!)
  }
  const losses = outcomes.map(({ loss }) => scalarAt(visit, loss))
  const total = losses.reduce((sum, loss, at) => sum + parts[at]!.coefficient * loss, 0)
  const described = parts.map(({ name, coefficient }, at) => partAnswer(name, coefficient, losses[at]!, evaluations[at]!, outcomes[at]!))
  const main = { name: 'loss', tensor: yield * scalarTensor(visit, total, precision) }
  return { main, scalars: [['dtype', precision], ['parts', described]], gradients: found }
}

function partAnswer (name: string, coefficient: number, loss: number, { reduction }: Evaluation, { sum, divisor }: Outcome): Scalar {
  return { name, loss, coefficient, reduction, ...sum !== null && { sum, divisor: divisor! } }
}

/** Tensors know where they lie; options lie in their part. */
const TENSORS = /^\/tensors\//

/** A part's outcome; what is wrong with an option lies in the part. */
function * computePart (visit: Visit, { pointer }: Part, evaluation: Evaluation): Steps<Outcome> {
  try {
    return yield * compute(visit, evaluation)
  } catch (error) {
    throw within(error, pointer, TENSORS)
  }
}

function scalarAt (visit: Visit, { address, dtype }: Tensor): number {
  return dtype === 'float32' ? visit.bytes.readFloatLE(address) : visit.bytes.readDoubleLE(address)
}

function * scalarTensor (visit: Visit, value: number, dtype: Precision): Steps<Tensor> {
  const address = yield * visit.room(8)
  if (dtype === 'float32') visit.bytes.writeFloatLE(value, address)
  else visit.bytes.writeDoubleLE(value, address)
  return { dtype, shape: [], address, form: 'nested', pointer: '' }
}
