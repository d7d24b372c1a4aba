// The same tensors give the same bits, whatever the wire format and however many threads share the work.
import t, { type Test } from 'tap'
import type { Entry } from '../src/catalogue/define.js'
import { loadCatalogue } from '../src/catalogue/index.js'
import { Draws, enlarged, MANY } from './draw.js'
import { describe, evaluation, type Evaluation } from './evaluations.js'
import { FORMS, write, type Form, type Request } from './forms.js'
import { bitsOf, readSafetensors } from './safetensors.js'
import { pathOf, service, type Service } from './service.js'

const SMALL = 1100
const ALIKE = 600
const WORKERS = [1, 2, 3, 7]
const SEED = 20240601
const JSON_TYPE = 'application/json'
const BINARY = 'application/vnd.safetensors'

const { entries } = await loadCatalogue()
const losses = entries.filter(({ kind }) => kind === 'loss')
const services = await Promise.all(WORKERS.map(async workers => await service(t, { WORKERS: String(workers) })))

/** Forms of large requests: long texts of numbers are the matter of other tests. */
const BYTES: readonly Form[] = ['safetensors', 'base64']
const WHERE = `in every wire format and with ${WORKERS.join(', ')} workers`

t.test(`${SMALL} random requests give the same bits ${WHERE}`, async t => {
  const draws = new Draws(SEED)
  await compareAll(t, SMALL, () => evaluation(draws, draws.pick(entries)))
})

t.test(`a request of ${MANY} elements to every entry gives the same bits in ${BYTES.join(', ')} and with ${WORKERS.join(', ')} workers`, async t => {
  const draws = new Draws(SEED + 1)
  for (const entry of entries) await compareAll(t, 1, () => evaluation(draws, entry, { resize: enlarged }), entry.id, BYTES)
})

t.test(`${ALIKE} random requests to losses give the same bits of the loss, whether gradients are asked for or not`, async t => {
  const draws = new Draws(SEED + 2)
  const wrong: string[] = []
  for (let i = 0; i < ALIKE; i++) {
    const { entry, request } = evaluation(draws, draws.pick(losses), { resize: i % 20 === 0 ? enlarged : undefined })
    const { gradients: _, ...settings } = request.settings
    const [asked, plain] = [await lossOf(entry, request), await lossOf(entry, { ...request, settings })]
    if (asked !== plain && asked !== 'not_differentiable') wrong.push(`${entry.id} ${describe(request)}: ${asked.slice(0, 200)} is not ${plain.slice(0, 200)}`)
  }
  t.same(wrong, [])
})

/** The bits of the loss, or why it is refused. */
async function lossOf (entry: Entry, request: Request): Promise<string> {
  const { query, type, body } = write(request, 'safetensors')
  const reply = await services[1]!.inject({
    method: 'POST', url: pathOf(entry) + query, headers: { 'content-type': type, accept: BINARY }, payload: body
  })
  if (reply.statusCode !== 200) return (reply.json() as { code: string }).code
  const { bytes } = readSafetensors(reply.rawPayload).tensors.get(entry.kind === 'loss' ? 'loss' : 'output')!
  return bytes.toString('latin1')
}

/** Compares the answers to `count` requests that the service does not refuse. */
async function compareAll (
  t: Test, count: number, draw: () => Evaluation, name = 'all are the same', forms = FORMS
): Promise<void> {
  const wrong: string[] = []
  let answered = 0
  for (let tried = 0; answered < count && tried < 20 + 2 * count; tried++) {
    const drawn = draw()
    const { differing, refused } = await compare(drawn, tried, forms)
    if (!refused) answered++
    if (differing.length > 0) wrong.push(`${drawn.entry.id} ${describe(drawn.request)}: ${differing.join()}`)
  }
  t.same(wrong.slice(0, 10), [], name)
  t.equal(answered, count, 'and answered')
}

/** Every form to the first service, one form in turn to the others. */
async function compare (
  drawn: Evaluation, turn: number, forms: readonly Form[]
): Promise<{ differing: string[], refused: boolean }> {
  const [first, ...others] = services as [Service, ...Service[]]
  const binaries = new Map<string, string>()
  const texts = new Map<string, string>()
  for (const form of forms) {
    binaries.set(`${form} body`, await send(first, drawn, form, BINARY))
    if (forms === FORMS && form !== 'safetensors') texts.set(`${form} body, JSON answer`, await send(first, drawn, form, JSON_TYPE))
  }
  for (const [k, other] of others.entries()) {
    const form = forms[(turn + k) % forms.length]!
    binaries.set(`${form} body, ${WORKERS[k + 1]} workers`, await send(other, drawn, form, BINARY))
  }
  const refused = [...binaries.values(), ...texts.values()].some(answer => answer.startsWith('refused'))
  return { differing: [binaries, texts].filter(answers => answers.size > 0).flatMap(differingFrom), refused }
}

/** The names of answers that are not the first. */
function differingFrom (answers: ReadonlyMap<string, string>): string[] {
  const [[, first]] = [...answers] as [[string, string]]
  const other = [...answers].filter(([, answer]) => answer !== first)
  return other.map(([name, answer]) => `${name}: ${answer.slice(0, 200)} is not ${first.slice(0, 200)}`)
}

/** An answer in a form that equals another's when their bits do. */
async function send (app: Service, { entry, request }: Evaluation, form: Form, accept: string): Promise<string> {
  const { query, type, body } = write(request, form)
  const headers = { 'content-type': type, accept }
  const reply = await app.inject({ method: 'POST', url: pathOf(entry) + query, headers, payload: body })
  if (reply.statusCode !== 200) return `refused: ${reply.statusCode} ${(reply.json() as { code: string }).code}`
  return accept === BINARY ? bitsOf(reply.rawPayload) : reply.body
}
