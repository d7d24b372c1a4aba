// Numbers that are none, have no end or hardly any bits, in every slot of every entry: NaN has one bit pattern, texts say the same as
// bytes, sums do not lose what stands in them, and nothing is taken for zero that is not. What the losses are at such numbers, the
// golden vectors say.
import t, { type Test } from 'tap'
import type { Entry } from '../src/catalogue/define.js'
import { loadCatalogue } from '../src/catalogue/index.js'
import type { Precision } from '../src/tensor/dtype.js'
import { Draws, drawOperands, rounded, type Drawn, type Operands } from './draw.js'
import { describe, differentiable, isDrawn } from './evaluations.js'
import { write, type Request } from './forms.js'
import { readSafetensors, type Contents } from './safetensors.js'
import { ask, loss, pathOf, service, transform } from './service.js'
import { flat, numbersOf, totalOf, type Nested } from './values.js'

const SEED = 20261125
const BINARY = 'application/vnd.safetensors'
/** Elements of all slots above which a case's shapes are not tried. */
const MOST = 200
const PRECISIONS = ['float64', 'float32'] as const

/** Numbers at which arithmetic has rules of its own: the least and the largest, and those with few bits, among them. */
const SPECIAL = {
  float64: [NaN, Infinity, -Infinity, -0, 5e-324, -2e-310, 1.7976931348623157e308],
  float32: [NaN, -Infinity, Infinity, -0, 2 ** -149, -1e-40, -3.4028234663852886e38]
} as const

const { entries } = await loadCatalogue()
const app = await service(t)

for (const entry of entries.filter(({ slots }) => Object.values(slots).some(({ kind }) => kind !== 'index'))) {
  t.test(`${entry.id} at special numbers: one NaN, texts as bytes, and sums of what there is`, async t => {
    const draws = new Draws(SEED)
    const wrong: string[] = []
    let answered = 0
    for (const dtype of PRECISIONS) {
      for (const [turn, special] of SPECIAL[dtype].entries()) {
        for (const operands of placed(entry, caseOf(entry, turn), special, dtype, draws)) {
          const found = await faultsOf(entry, operands, dtype, turn)
          answered += found === null ? 0 : 1
          wrong.push(...found ?? [])
        }
      }
    }
    t.same(wrong.slice(0, 5), [])
    t.ok(answered > 0, `${answered} answers`)
  })
}

interface Placed { readonly operands: Operands, readonly options: object }

function caseOf (entry: Entry, turn: number): Drawn {
  const small = entry.oracle.cases.filter(isDrawn).filter(({ shapes }) => totalOf(Object.values(shapes)) <= MOST)
  return small[turn % small.length]!
}

/** The case's operands with a special number in one slot after the other, somewhere. */
function placed (entry: Entry, drawn: Drawn, special: number, dtype: Precision, draws: Draws): Placed[] {
  const operands = drawOperands(entry, drawn, dtype, draws)
  return [...operands].filter(([, { dtype, data }]) => dtype !== 'int64' && data.length > 0).map(([slot, operand]) => {
    const at = draws.below(operand.data.length)
    const changed = rounded({ ...operand, data: operand.data.map((value, k) => k === at ? special : value) })
    return { operands: new Map([...operands, [slot, changed]]), options: drawn.options ?? {} }
  })
}

/** What is wrong with the answers to a request; null when it is refused, which a slot may do. */
async function faultsOf (entry: Entry, { operands, options }: Placed, dtype: Precision, turn: number): Promise<string[] | null> {
  const gradients = differentiable(entry, operands)
  const settings = { ...options, ...gradients.length > 0 && { gradients } }
  const reductions = entry.kind === 'loss' ? ['none', 'mean', 'sum'] : ['']
  const wrong: string[] = []
  const losses = new Map<string, readonly number[]>()
  for (const reduction of reductions) {
    const request = { operands, settings: { ...settings, ...reduction !== '' && { reduction } }, dtype }
    const bytes = await send(entry, request, BINARY)
    if (bytes === null) return null
    const file = readSafetensors(bytes)
    wrong.push(...otherNaN(file).map(fault => `${describe(request)}: ${fault}`))
    if (reduction === reductions[turn % reductions.length]) {
      const text = parsed((await send(entry, request, 'application/json', turn % 2 === 0 ? 'string' : 'token'))!)
      wrong.push(...otherText(file, text).map(fault => `${describe(request)}: ${fault}`))
    }
    if (reduction !== '') losses.set(reduction, numbersIn(file, 'loss'))
  }
  return [...wrong, ...lostIn(losses, dtype)]
}

/** The answer's body; null when the request is refused. */
async function send (entry: Entry, request: Request, accept: string, mode = ''): Promise<Buffer | null> {
  const { query, type, body } = write(request, 'safetensors')
  const url = pathOf(entry) + query + (mode === '' ? '' : `${query === '' ? '?' : '&'}non_finite=${mode}`)
  const reply = await app.inject({ method: 'POST', url, headers: { 'content-type': type, accept }, payload: body })
  return reply.statusCode === 200 ? reply.rawPayload : null
}

/** An answer in JSON. */
interface Text { readonly loss?: Nested, readonly output?: Nested, readonly gradients?: Readonly<Record<string, Nested>> }

/** Reads JSON in which what is not finite is a string, or a bare word. */
function parsed (text: Buffer): Text { return JSON.parse(text.toString().replace(/(?<!")(NaN|-?Infinity)(?!")/g, '"$1"')) as Text }

function numbersIn ({ tensors }: Contents, name: string): readonly number[] {
  const { dtype, bytes } = tensors.get(name)!
  const copy = new Uint8Array(bytes).buffer
  return [...dtype === 'F64' ? new Float64Array(copy) : dtype === 'F32' ? new Float32Array(copy) : new BigInt64Array(copy)].map(Number)
}

/** NaN with a sign, or with a payload. */
function otherNaN (file: Contents): string[] {
  return [...file.tensors].flatMap(([name, { dtype, bytes }]) => {
    const [canonical, width] = dtype === 'F64' ? ['000000000000f87f', 8] : ['0000c07f', 4]
    return numbersIn(file, name).flatMap((value, k) => {
      const bits = bytes.toString('hex', k * width, (k + 1) * width)
      return Number.isNaN(value) && bits !== canonical ? [`${name}[${k}] is NaN with the bits ${bits}`] : []
    })
  })
}

/** Elements that a text does not give back, to the sign of zero. */
function otherText (file: Contents, { loss, output, gradients = {} }: Text): string[] {
  const texts = new Map([...Object.entries(gradients).map(([slot, values]) => [`gradients.${slot}`, values] as const), ['loss', loss ?? output!]])
  return [...texts].flatMap(([name, values]) => {
    const tensor = name === 'loss' && output !== undefined ? 'output' : name
    const single = file.tensors.get(tensor)!.dtype === 'F32'
    const read = numbersOf(values).map(value => single ? Math.fround(value) : value)
    const bytes = numbersIn(file, tensor)
    const at = bytes.findIndex((value, k) => !Object.is(value, read[k]))
    return at < 0 && read.length === bytes.length ? [] : [`${tensor}[${at}] is ${bytes[at]} in bytes and ${read[at]} in text`]
  })
}

/** What a sum does not show of its terms: that one is NaN, which a mean must show, too, or infinite and not only rounded to that. */
function lostIn (losses: ReadonlyMap<string, readonly number[]>, dtype: Precision): string[] {
  const terms = losses.get('none') ?? []
  const sum = terms.reduce((total, term) => total + term, 0)
  const shown = terms.some(Number.isNaN) ? ['sum', 'mean'] : dtype === 'float64' && !terms.every(Number.isFinite) ? ['sum'] : []
  return shown.filter(reduction => !Object.is(losses.get(reduction)![0], sum)).map(reduction =>
    `the ${reduction} is ${losses.get(reduction)![0]}, that of its terms ${sum}`)
}

t.test('no gradient is taken for zero that has hardly any bits', async t => {
  for (const entry of entries) await faintGradients(t, entry)
})

/** What comes from above: so little that every product with it has few bits, but not none. */
const FAINT = { float64: 2 ** -1050, float32: 2 ** -130 } as const
const LEAST = { float64: 2 ** -1074, float32: 2 ** -149 } as const

/** With little from above gradients are as much less than they are with 1, up to some units in the last place that there is. */
async function faintGradients (t: Test, entry: Entry): Promise<void> {
  for (const dtype of PRECISIONS) {
    const drawn = caseOf(entry, 0)
    const operands = drawOperands(entry, drawn, dtype, new Draws(SEED))
    const gradients = differentiable(entry, operands)
    if (gradients.length === 0) continue
    const reduction = entry.kind === 'loss' ? { reduction: 'sum' } : {}
    const settings = { ...drawn.options, ...reduction, gradients }
    const bodies = Object.fromEntries([...operands].map(([slot, operand]) => [slot, flat(operand)]))
    const { shape, gradients: plain = {} } = await ask(app, entry, { ...bodies, ...settings, dtype })
    const above = (value: number) => shape.length === 0 ? value : { shape, data: Array.from({ length: totalOf([shape]) }, () => value) }
    const faint = (await ask(app, entry, { ...bodies, ...settings, dtype, grad_output: above(FAINT[dtype]) })).gradients!
    const whole = entry.kind === 'loss' ? plain : (await ask(app, entry, { ...bodies, ...settings, dtype, grad_output: above(1) })).gradients!
    const far = gradients.filter(slot => {
      const expected = numbersOf(whole[slot]).map(value => value * FAINT[dtype])
      return numbersOf(faint[slot]).some((value, k) => Math.abs(value - expected[k]!) > 256 * LEAST[dtype] + 1e-4 * Math.abs(expected[k]!))
    })
    t.same(far, [], `${entry.id} in ${dtype}`)
  }
}

t.test('no value is taken for zero that has hardly any bits', async t => {
  const tiny = [5e-324, -2e-310, 1e-308]
  t.same((await ask(app, loss('l1'), { input: tiny, target: [0, 0, 0], reduction: 'none' })).loss, [5e-324, 2e-310, 1e-308])
  t.equal((await ask(app, loss('l1'), { input: tiny, target: [0, 0, 0], reduction: 'sum' })).loss, 5e-324 + 2e-310 + 1e-308)
  t.same((await ask(app, loss('l1'), { input: [2 ** -149, 1e-40], target: [0, 0], reduction: 'none', dtype: 'float32' })).loss, [1e-45, 1e-40])
  for (const [dtype, low] of [['float64', -720], ['float32', -95]] as const) {
    const expected = Math.exp(low)
    const near = (got: number) => Math.abs(got - expected) <= 1e-3 * expected
    const [small] = numbersOf((await ask(app, transform('sigmoid'), { input: [low], dtype })).output)
    const [, least] = numbersOf((await ask(app, transform('softmax'), { input: [0, low], dtype })).output)
    const [log] = numbersOf((await ask(app, transform('log_sigmoid'), { input: [-low], dtype })).output)
    t.ok(near(small!) && near(least!) && near(-log!), `${dtype}: ${small}, ${least}, ${log}`)
  }
})
