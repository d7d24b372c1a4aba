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
import { flat, numbersOf, totalOf } from './values.js'

const SEED = 20261125
const BINARY = 'application/vnd.safetensors'
/** Elements of all slots above which a case's shapes are not tried. */
const MOST = 200
const PRECISIONS = ['float64', 'float32'] as const

/** Numbers at which arithmetic has rules of its own; the smallest of float32 and of float64 among them. */
const SPECIAL = [NaN, Infinity, -Infinity, -0, 5e-324, -2e-310, 2 ** -149, -1e-40, 1.7976931348623157e308, -3.4028234663852886e38]

const { entries } = await loadCatalogue()
const app = await service(t)

for (const entry of entries.filter(({ slots }) => Object.values(slots).some(({ kind }) => kind !== 'index'))) {
  t.test(`${entry.id} at special numbers: one NaN, texts as bytes, and sums of what there is`, async t => {
    const draws = new Draws(SEED)
    const wrong: string[] = []
    let answered = 0
    for (const [turn, special] of SPECIAL.entries()) {
      for (const dtype of PRECISIONS) {
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
    const text = JSON.parse((await send(entry, request, `application/json`, turn))!.toString()) as Text
    const found = [...otherNaN(file), ...otherText(file, text)]
    wrong.push(...found.map(fault => `${describe(request)}: ${fault}`))
    losses.set(reduction, numbersIn(file, 'loss'))
  }
  return [...wrong, ...lostIn(losses)]
}

/** The answer's body; null when the request is refused. */
async function send (entry: Entry, request: Request, accept: string, turn = 0): Promise<Buffer | null> {
  const { query, type, body } = write(request, 'safetensors')
  const mode = accept === BINARY ? '' : `${query === '' ? '?' : '&'}non_finite=${turn % 2 === 0 ? 'string' : 'string'}`
  const reply = await app.inject({ method: 'POST', url: pathOf(entry) + query + mode, headers: { 'content-type': type, accept }, payload: body })
  return reply.statusCode === 200 ? reply.rawPayload : null
}
