// The same tensors give the same bits, whatever the wire format and however many threads share the work.
import t, { type Test } from 'tap'
import type { Entry, GoldenCase } from '../src/catalogue/define.js'
import { loadCatalogue } from '../src/catalogue/index.js'
import { Draws, drawOperands, type Real, type Shapes } from './draw.js'
import { FORMS, write, type Form, type Request } from './forms.js'
import { readSafetensors } from './safetensors.js'
import { pathOf, service, type Service } from './service.js'
import { sizeOf } from './values.js'

const SMALL = 1100
/** Elements of the first operand of a large request: many slices of work, which several threads take up. */
const MANY = 100_000
/** Embeddings of a large request whose work grows with their square. */
const PAIRS = 700
const WORKERS = [1, 2, 3, 7]
const SEED = 20240601
const BINARY = 'application/vnd.safetensors'

interface Evaluation {
  readonly entry: Entry
  readonly request: Request
}

const { entries } = await loadCatalogue()

t.test(`${SMALL} random requests give the same bits in every wire format and with ${WORKERS.join(', ')} workers`, async t => {
  const draws = new Draws(SEED)
  await compareAll(t, SMALL, () => evaluation(draws, draws.pick(entries), shapes => shapes))
})

t.test(`a request of ${MANY} elements gives the same bits in every wire format and with ${WORKERS.join(', ')} workers, ` +
  'of every entry', async t => {
  const draws = new Draws(SEED + 1)
  let next = 0
  await compareAll(t, entries.length, () => evaluation(draws, entries[next++ % entries.length]!, enlarged))
})

/** Answers to `count` requests that the service does not refuse, compared across formats and services. */
async function compareAll (t: Test, count: number, draw: () => Evaluation): Promise<void> {
  const services = await Promise.all(WORKERS.map(async workers => await service(t, { WORKERS: String(workers) })))
  const wrong: string[] = []
  let answered = 0
  for (let tried = 0; answered < count && tried < 3 * count; tried++) {
    const { entry, request } = draw()
    const { differing, refused } = await compare(services, entry, request, tried)
    if (!refused) answered++
    if (differing.length > 0) wrong.push(`${entry.id} ${describe(request)}: ${differing.join()}`)
  }
  t.same(wrong.slice(0, 10), [])
  t.equal(answered, count)
}

/** Every form to the first service, one form in turn to the others. */
async function compare (services: readonly Service[], entry: Entry, request: Request, turn: number) {
  const [first, ...others] = services as [Service, ...Service[]]
  const binaries = new Map<string, string>()
  const texts = new Map<string, string>()
  for (const form of FORMS) binaries.set(`${form} body`, await send(first, entry, request, form, BINARY))
  for (const form of FORMS.slice(0, -1)) texts.set(`${form} body, JSON answer`, await send(first, entry, request, form, 'application/json'))
  for (const [k, other] of others.entries()) {
    const form = FORMS[(turn + k) % FORMS.length]!
    binaries.set(`${form} body, ${WORKERS[k + 1]} workers`, await send(other, entry, request, form, BINARY))
  }
  const refused = [...binaries.values(), ...texts.values()].some(answer => answer.startsWith('refused'))
  return { differing: [...differing(binaries), ...differing(texts)], refused }
}

/** The names of answers that are not the first. */
function differing (answers: ReadonlyMap<string, string>): string[] {
  const [[, first]] = [...answers] as [[string, string]]
  return [...answers].flatMap(([name, answer]) => answer === first ? [] : [`${name}: ${answer.slice(0, 200)} is not ${first.slice(0, 200)}`])
}

/** An answer in a form that equals another's when their bits do. */
async function send (app: Service, entry: Entry, request: Request, form: Form, accept: string): Promise<string> {
  const { query, type, body } = write(request, form)
  const headers = { 'content-type': type, accept }
  const reply = await app.inject({ method: 'POST', url: pathOf(entry) + query, headers, payload: body })
  if (reply.statusCode !== 200) return `refused: ${reply.statusCode} ${(reply.json() as { code: string }).code}`
  return accept === BINARY ? bitsOf(reply.rawPayload) : reply.body
}

function bitsOf (file: Buffer): string {
  const { tensors } = readSafetensors(file)
  return [...tensors].map(([name, { dtype, shape, bytes }]) => `${name} ${dtype} [${shape.join()}] ${bytes.toString('latin1')}`).sort().join('\n')
}

/** A random evaluation of an entry: shapes and options of one of the oracle's cases, everything else drawn. */
function evaluation (draws: Draws, entry: Entry, resize: (shapes: Shapes, entry: Entry) => Shapes): Evaluation {
  const { shapes, options = {} } = draws.pick(entry.oracle.cases.filter(isDrawn))
  const dtype = draws.pick(['float64', 'float32'] as const)
  const operands = drawOperands(entry, resize(shapes, entry), options, dtype, draws, draws.below(10) === 0 ? wild : undefined)
  const able = [...operands].filter(([slot, operand]) => entry.slots[slot]!.differentiable && operand.dtype !== 'int64')
  const gradients = able.map(([slot]) => slot).filter(() => draws.below(3) > 0)
  const reduction = draws.pick(['none', 'sum', 'mean', 'batchmean'])
  const settings = { ...options, ...entry.kind === 'loss' && { reduction }, ...gradients.length > 0 && { gradients } }
  return { entry, request: { operands, settings, dtype } }
}

function isDrawn (example: GoldenCase): example is GoldenCase & { shapes: Shapes } {
  return example.shapes !== undefined && Object.values(example.shapes).some(shape => sizeOf(shape) > 0)
}

/** Any bit pattern of a float64: infinities, NaN, subnormals and huge numbers among them. */
const wild: Real = draws => {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setUint32(0, draws.word())
  bits.setUint32(4, draws.word())
  return draws.pick([bits.getFloat64(0), Infinity, -Infinity, NaN, -0, 5e-324, 1e-40, draws.normal()])
}

/** The shapes with the first slot's leading axis stretched, in all slots that share it. */
function enlarged (shapes: Shapes, entry: Entry): Shapes {
  const [[slot, first]] = Object.entries(shapes) as [[string, readonly number[]]]
  const lead = first[0]
  if (lead === undefined || lead === 0) return shapes
  const squared = entry.slots[slot]!.shape.startsWith('(B')
  const length = squared ? PAIRS : Math.ceil(MANY / (sizeOf(first) / lead))
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) =>
    [name, shape[0] === lead ? [length, ...shape.slice(1)] : shape]))
}

function describe ({ operands, settings, dtype }: Request): string {
  return JSON.stringify({ dtype, ...settings, ...Object.fromEntries([...operands].map(([slot, { shape }]) => [slot, shape])) })
}
