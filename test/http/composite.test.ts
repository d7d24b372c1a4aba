import t from 'tap'
import type { Entry } from '../../src/catalogue/define.js'
import { loadCatalogue } from '../../src/catalogue/index.js'
import { agree } from '../closeness.js'
import { readSafetensors, writeSafetensors } from '../safetensors.js'
import { ask, loss, service } from '../service.js'
import { numbersOf, type Nested } from '../values.js'

const TOLERANCE = 1e-12

interface Composite {
  readonly loss: Nested
  readonly dtype: string
  readonly parts: readonly { readonly name: string, readonly loss: number, readonly coefficient: number }[]
  readonly gradients?: Readonly<Record<string, Nested>>
}

const { entries } = await loadCatalogue()
const app = await service(t)

async function composite (payload: object): Promise<Composite> {
  const reply = await app.inject({ method: 'POST', url: '/v1/losses/composite', payload })
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return reply.json()
}

/** The status and the first place at fault. */
async function refusal (payload: object): Promise<string> {
  const reply = await app.inject({ method: 'POST', url: '/v1/losses/composite', payload })
  const { errors } = reply.json<{ errors?: { pointer: string }[] }>()
  return `${reply.statusCode} ${errors?.[0]?.pointer ?? ''}`
}

const input = [[2, -1, 0.5], [0.1, 0.2, 3]]
const teacher = [[0.7, 0.1, 0.2], [0.1, 0.1, 0.8]]

t.test('the total is the sum of coefficients times parts, and its gradients are those of the parts together', async t => {
  const soft = { loss: 'cross_entropy', name: 'distillation', slots: { target: 'teacher' }, coefficient: 0.5, reduction: 'sum' }
  const answer = await composite({
    tensors: { input, target: [0, 2], teacher },
    losses: [{ loss: 'cross_entropy', label_smoothing: 0.1 }, soft, { loss: 'l2', slots: { target: 'teacher' }, coefficient: -2 }],
    gradients: ['input', 'teacher']
  })
  const hard = await ask(app, loss('cross_entropy'), { input, target: [0, 2], label_smoothing: 0.1, gradients: ['input'] })
  const both = ['input', 'target']
  const distilled = await ask(app, loss('cross_entropy'), { input, target: teacher, reduction: 'sum', gradients: both })
  const squared = await ask(app, loss('mse'), { input, target: teacher, gradients: both })
  const sum = (...terms: [number, Nested | undefined][]): number[] =>
    numbersOf(terms[0]![1]).map((_, at) => terms.reduce((total, [factor, values]) => total + factor * numbersOf(values)[at]!, 0))
  t.ok(agree(Number(answer.loss), sum([1, hard.loss!], [0.5, distilled.loss!], [-2, squared.loss!])[0]!, TOLERANCE, 0))
  t.match(answer.parts, [
    { name: 'cross_entropy', loss: hard.loss, coefficient: 1, reduction: 'mean', divisor: 2 },
    { name: 'distillation', loss: distilled.loss, coefficient: 0.5, reduction: 'sum' },
    { name: 'l2', loss: squared.loss, coefficient: -2 }
  ])
  const expected = sum([1, hard.gradients!.input], [0.5, distilled.gradients!.input], [-2, squared.gradients!.input])
  t.ok(numbersOf(answer.gradients!.input).every((value, at) => agree(value, expected[at]!, TOLERANCE, TOLERANCE)))
  const ofTeacher = sum([0.5, distilled.gradients!.target], [-2, squared.gradients!.target])
  t.ok(numbersOf(answer.gradients!.teacher).every((value, at) => agree(value, ofTeacher[at]!, TOLERANCE, TOLERANCE)))
})

t.test(`half of a loss and half of it again are the loss, for every entry, to ${TOLERANCE}`, async t => {
  for (const entry of entries.filter(({ kind }) => kind === 'loss')) {
    const { tensors, gradients, part } = split(entry)
    const alone = await ask(app, entry, { ...tensors, ...part, gradients })
    const answer = await composite({
      tensors, losses: [0.25, 0.75].map(coefficient => ({ loss: entry.id, coefficient, ...part })), gradients
    })
    t.ok(agree(Number(answer.loss), Number(alone.loss), TOLERANCE, TOLERANCE), entry.id)
    for (const slot of gradients) {
      const expected = numbersOf(alone.gradients![slot])
      t.ok(numbersOf(answer.gradients![slot]).every((value, at) => agree(value, expected[at]!, TOLERANCE, TOLERANCE)), `${entry.id}: ${slot}`)
    }
  }
})

/** The example of an entry: its tensors, the gradients it asks for, and its options. */
function split ({ example, slots }: Entry) {
  const { gradients = [], dtype: _, grad_output: __, reduction, ...members } = example
  const tensors = Object.entries(members).filter(([name]) => name in slots)
  const options = Object.entries(members).filter(([name]) => !(name in slots))
  const part = { ...Object.fromEntries(options), reduction: reduction === undefined || reduction === 'none' ? 'sum' : reduction }
  return { tensors: Object.fromEntries(tensors), gradients: gradients as string[], part }
}

t.test('a binary composite has the same bits, in the precision that it brings', async t => {
  const losses = [{ loss: 'mse' }, { loss: 'l1', coefficient: 0.25 }]
  const row = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) })
  const payload = writeSafetensors({ input: row(1.5, 2.25, -3), target: row(1, 1, 1) })
  const query = `losses=${encodeURIComponent(JSON.stringify(losses))}&gradients=input`
  const reply = await app.inject({
    method: 'POST',
    url: `/v1/losses/composite?${query}`,
    headers: { 'content-type': 'application/vnd.safetensors', accept: 'application/vnd.safetensors' },
    payload
  })
  t.equal(reply.statusCode, 200, reply.body)
  const { tensors } = readSafetensors(reply.rawPayload)
  const floats = ({ bytes }: { bytes: Buffer }): number[] => Array.from({ length: bytes.length / 4 }, (_, k) => bytes.readFloatLE(4 * k))
  const json = await composite({
    tensors: { input: [1.5, 2.25, -3], target: [1, 1, 1] }, losses, gradients: ['input'], dtype: 'float32'
  })
  t.equal(json.dtype, 'float32')
  t.same(floats(tensors.get('loss')!), [Math.fround(Number(json.loss))])
  t.same(floats(tensors.get('gradients.input')!), numbersOf(json.gradients!.input).map(Math.fround))
})

t.test('what is wrong is pointed at, in the tensors or in the part', async t => {
  const good = { tensors: { input: [1, 2], target: [1, 1] }, losses: [{ loss: 'mse' }] }
  const cases: [object, string][] = [
    [{ ...good, losses: [] }, '400 /losses'],
    [{ ...good, losses: [{ loss: 'msee' }] }, '404 /losses/0/loss'],
    [{ ...good, losses: [{ loss: 'mse', slots: { target: 'nobody' } }] }, '400 /losses/0/slots/target'],
    [{ ...good, losses: [{ loss: 'mse', slots: { goal: 'target' } }] }, '400 /losses/0/slots/goal'],
    [{ ...good, losses: [{ loss: 'mse', reduction: 'none' }] }, '422 /losses/0/reduction'],
    [{ ...good, losses: [{ loss: 'mse', coefficient: 'x' }] }, '400 /losses/0/coefficient'],
    [{ ...good, losses: [{ loss: 'huber', delta: -1 }] }, '422 /losses/0/delta'],
    [{ ...good, losses: [{ loss: 'mse', scales: 1 }] }, '400 /losses/0/scales'],
    [{ ...good, gradients: ['nothing'] }, '422 /gradients/0'],
    [{ ...good, extra: 1 }, '400 /extra'],
    [{ losses: good.losses }, '400 /tensors'],
    [{ ...good, tensors: { input: [1, 2] } }, '400 /losses/0/target'],
    [{ ...good, tensors: { ...good.tensors, spare: 1 } }, '400 /tensors/spare'],
    [{ ...good, tensors: { input: [1, 2], target: [1, 2, 3] } }, '422 /tensors/target'],
    [{ tensors: { input: [[1, 2]], target: [7] }, losses: [{ loss: 'nll' }] }, '422 /tensors/target/0'],
    [{ tensors: { input: [[1, 2]], target: [0] }, losses: [{ loss: 'nll' }], gradients: ['target'] }, '422 /gradients/0']
  ]
  for (const [request, expected] of cases) t.equal(await refusal(request), expected, JSON.stringify(request))
})

/** A composite over a tensor called `name`, JSON text as it stands between quotes. */
const over = (name: string, part = ''): string => `{"tensors": {"${name}": [1, 2], "t": [0, 0]}, "gradients": ["${name}"],
  "losses": [{"loss": "mse", "name": "${name}", "slots": {"input": "${name}", "target": "t"}${part}}]}`

async function inText (payload: string): Promise<{ statusCode: number, body: string }> {
  return await app.inject({ method: 'POST', url: '/v1/losses/composite', payload, headers: { 'content-type': 'application/json' } })
}

t.test('tensors and parts may have any name, which comes back as it went', async t => {
  for (const name of ['a\\"b', 'a\\\\', 'é', '\\ud83d\\ude00', '__proto__', 'constructor', '\\u0000', '</script>', '\\u2028', '\x7f', '']) {
    const { body } = await inText(over(name))
    const answer = JSON.parse(body) as Composite
    const expected = JSON.parse(`"${name}"`) as string
    t.same([Object.keys(answer.gradients!), answer.parts[0]!.name], [[expected], expected], name)
    t.ok(body.split('').every(c => c >= ' ' && c < '\x7f'), 'in ASCII')
  }
})

t.test('names are those of members alone, and come once', async t => {
  for (const [part, pointer] of [
    [', "__proto__": {"reduction": "sum"}', '/losses/0/__proto__'],
    [', "constructor": 1', '/losses/0/constructor'],
    [', "coefficient": 1, "coefficient": 2', '/losses']
  ] as const) t.match(JSON.parse((await inText(over('x', part))).body), { status: 400, code: 'invalid_request', errors: [{ pointer }] }, part)
  for (const slot of ['__proto__', 'constructor']) {
    const { body } = await inText(over('x').replace('"target"', `"target": "t", "${slot}"`))
    t.match(JSON.parse(body), { status: 400, code: 'invalid_request', errors: [{ pointer: `/losses/0/slots/${slot}` }] }, slot)
  }
})

t.test('losses in the query string are held to the same rules', async t => {
  const payload = writeSafetensors({ input: { shape: [1], data: Float32Array.of(1) }, target: { shape: [1], data: Float32Array.of(3) } })
  const told = async (losses: string): Promise<object> => {
    const url = `/v1/losses/composite?losses=${encodeURIComponent(losses)}`
    return (await app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/vnd.safetensors' } })).json()
  }
  t.match(await told('[{"loss": "mse"}]'), { loss: 4 })
  t.match(await told('[{"loss": "mse", "coefficient": 1, "coefficient": 2}]'), { status: 400, detail: /comes twice/ })
  t.match(await told(`[{"loss": "mse", "bogus": ${'['.repeat(70)}${']'.repeat(70)}}]`), { status: 400, code: 'invalid_query', detail: /more than 64 deep/ })
})
