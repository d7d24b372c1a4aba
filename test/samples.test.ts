// sample_weight and mask of losses that compare samples: a masked sample leaves the batch, so that the answer is, bit for bit,
// that of a request from which its rows were cut. What weights do is in shares.test.ts, for these losses and all others.
import t, { type Test } from 'tap'
import type { Entry } from '../src/catalogue/define.js'
import { loadCatalogue } from '../src/catalogue/index.js'
import { comparesSamples } from '../src/catalogue/shares.js'
import { Draws, drawOperands, type Operand, type Operands } from './draw.js'
import { ask, loss, service, type Answer } from './service.js'
import { flat, keepRows, numbersOf, sizeOf, spoilRows, totalOf, type Values } from './values.js'

/** Elements of all slots above which a case's shapes are not tried. */
const LARGE = 4000
const PRECISIONS = ['float64', 'float32'] as const
type Precision = typeof PRECISIONS[number]

const { entries } = await loadCatalogue()
const app = await service(t)

/** A request whose samples lie along the first axis of the slots in `rows`. */
interface Batch {
  readonly samples: number
  readonly operands: Operands
  readonly rows: ReadonlySet<string>
  readonly options: object
  readonly gradients: readonly string[]
}

for (const entry of entries.filter(({ kind, family }) => kind === 'loss' && comparesSamples(family))) {
  for (const dtype of PRECISIONS) {
    t.test(`${entry.id} in ${dtype}: a masked sample is as if it were not there`, async t => {
      const draws = new Draws(entry.id.length)
      let checked = 0
      for (const batch of batchesOf(entry, dtype, draws)) {
        await asIfNotThere(t, entry, batch, dtype, draws)
        checked++
      }
      t.ok(checked > 3, `${checked} cases`)
    })
  }
}

function batchesOf (entry: Entry, dtype: Precision, draws: Draws): Batch[] {
  return entry.oracle.cases.flatMap(({ shapes, options = {} }) => {
    if (shapes === undefined || totalOf(Object.values(shapes)) > LARGE) return []
    const operands = drawOperands(entry, { shapes, options }, dtype, draws)
    const samples = [...operands.values()][0]!.shape[0]!
    const gradients = [...operands.keys()].filter(slot => entry.slots[slot]!.differentiable)
    return samples < 2 ? [] : [{ samples, operands, rows: rowsOf(operands), options, gradients }]
  })
}

function rowsOf (operands: Operands): ReadonlySet<string> {
  const own = operands.get('negatives')?.shape.length === 3 ? ['negatives'] : []
  return new Set(['input', 'labels', 'query', 'key', ...own].filter(slot => operands.has(slot)))
}

/** Masked answers are those of the request without the masked rows, with zeros in their places. */
async function asIfNotThere (t: Test, entry: Entry, batch: Batch, dtype: Precision, draws: Draws): Promise<void> {
  const kept = Array.from({ length: batch.samples }, (_, n) => n === 1 ? false : n === 0 || draws.below(3) > 0)
  const weights = kept.map(() => draws.uniform())
  const spoiled = requestOf(batch, dtype, (operand, slot) => withSpoiled(entry, slot, operand, kept))
  const cut = requestOf(batch, dtype, operand => withoutMasked(operand, kept))
  const { shape } = await ask(app, entry, { ...requestOf(batch, dtype, operand => operand), reduction: 'none' })
  const upstream = { shape, data: Array.from({ length: sizeOf(shape) }, () => draws.normal()) }
  const asked = [
    ['mean', {}, {}],
    ['sum', { grad_output: 2 }, { grad_output: 2 }],
    ['none', { grad_output: flat(upstream) }, { grad_output: flat(withoutMasked(upstream, kept)) }],
    ['mean', { sample_weight: weights }, { sample_weight: weights.filter((_, n) => kept[n]) }]
  ] as const
  for (const [reduction, whole, few] of asked) {
    const got = await ask(app, entry, { ...spoiled, ...whole, reduction, mask: kept })
    const expected = await ask(app, entry, { ...cut, ...few, reduction })
    t.same(answered(got), answered(widened(expected, batch, kept, shape)), JSON.stringify({ reduction, kept, ...batch.options }))
  }
}

type Change = (operand: Operand, slot: string) => Operand

function requestOf ({ operands, rows, options, gradients }: Batch, dtype: Precision, change: Change): object {
  const bodies = [...operands].map(([slot, operand]) => [slot, flat(rows.has(slot) ? change(operand, slot) : operand)])
  return { ...Object.fromEntries(bodies), ...options, dtype, gradients }
}

type Rows = Pick<Values, 'shape' | 'data'>

/** Rows of several batches of samples, one after the other, without those of masked samples. */
function withoutMasked<T extends Rows> (rows: T, kept: readonly boolean[]): T { return keepRows(rows, n => kept[n % kept.length]!) }

/** Zeros where a masked sample's rows were, in a tensor of `shape`. */
function withZeros ({ data }: Rows, kept: readonly boolean[], shape: readonly number[]): Rows {
  const length = sizeOf(shape.slice(1))
  const left = data[Symbol.iterator]()
  const isKept = (at: number): boolean => kept[Math.floor(at / length) % kept.length]!
  return { shape, data: Array.from({ length: sizeOf(shape) }, (_, at) => isKept(at) ? left.next().value! : 0) }
}

/** What no loss takes in the rows of masked samples. */
function withSpoiled (entry: Entry, slot: string, operand: Operand, kept: readonly boolean[]): Operand {
  return spoilRows(operand, n => kept[n]!, entry.slots[slot]!.kind === 'index' ? 10 ** 9 : NaN)
}

/** The answer about the samples that were kept as one about all. */
function widened (answer: Answer, { operands, rows }: Batch, kept: readonly boolean[], shape: readonly number[]): Answer {
  const whole = answer.shape.length === 0 ? {} : { shape, loss: flat(withZeros(rowsIn(answer.loss, answer.shape), kept, shape)) }
  const gradients = Object.entries(answer.gradients ?? {}).map(([slot, gradient]) => {
    const own = operands.get(slot)!.shape
    return [slot, rows.has(slot) ? flat(withZeros(rowsIn(gradient, own), kept, own)) : gradient]
  })
  return { ...answer, ...whole, gradients: Object.fromEntries(gradients) }
}

function rowsIn (values: Answer['loss'], shape: readonly number[]): Rows { return { shape, data: numbersOf(values) } }

/** An answer with numbers told apart by all their bits. */
function answered ({ loss, sum, divisor, gradients = {}, shape }: Answer): object {
  const slopes = Object.fromEntries(Object.entries(gradients).map(([slot, values]) => [slot, textOf(values)]))
  return { loss: textOf(loss), sum: textOf(sum), divisor: textOf(divisor), shape, gradients: slopes }
}

function textOf (values: Answer['loss']): string {
  return values === undefined ? '' : numbersOf(values).map(value => Object.is(value, -0) ? '-0' : String(value)).join()
}

const PAIR = { query: [[1, 2], [0.5, 1], [2, 0.1]], key: [[1, 1], [0, 1], [1, 0.2]] }
const LABELLED = { input: [[1, 2], [0.5, 1], [2, 0.1]], labels: [0, 1, 0] }
const CLASSES = { class_weights: [[1, 0], [0, 1]] }

t.test('batchmean divides by the whole batch, as ever', async t => {
  const request = { ...PAIR, mask: [1, 0, 1] }
  const whole = await ask(app, loss('info_nce'), { ...request, reduction: 'batchmean' })
  const kept = await ask(app, loss('info_nce'), { ...request, reduction: 'mean' })
  t.match(whole, { sum: kept.sum, divisor: 3 })
  t.equal(kept.divisor, 2)
})

t.test('where all samples are masked there is nothing to divide, and no gradient', async t => {
  for (const [id, request] of [['info_nce', PAIR], ['nt_xent', PAIR], ['clip', PAIR], ['supcon', LABELLED], ['nca', LABELLED]] as const) {
    const gradients = 'query' in request ? ['query', 'key'] : ['input']
    const nothing = await ask(app, loss(id), { ...request, mask: [0, 0, 0], gradients })
    t.equal(nothing.loss, id === 'nca' ? 0 : 'NaN', id)
    for (const slot of gradients) t.same(nothing.gradients![slot], [[0, 0], [0, 0], [0, 0]], `${id}: gradient of ${slot}`)
    const none = await ask(app, loss(id), { ...request, mask: [0, 0, 0], reduction: 'none' })
    t.ok(numbersOf(none.loss).every(value => value === 0), `${id}: no loss`)
  }
})

t.test('negatives that belong to masked queries leave with them, others stay', async t => {
  const own = [[[1, 2]], [[0.5, 1]], [[2, 0.1]]]
  for (const [negatives, shape] of [[own, [3, 1, 2]], [[[1, 2]], [1, 2]]] as const) {
    const nothing = await ask(app, loss('info_nce'), { ...PAIR, negatives, mask: [0, 0, 0], gradients: ['query', 'key', 'negatives'] })
    t.equal(nothing.loss, 'NaN')
    t.same(numbersOf(nothing.gradients!.negatives), new Array(sizeOf(shape)).fill(0))
  }
})

t.test('a number for each sample is asked for, not one for each loss', async t => {
  t.equal((await ask(app, loss('nt_xent'), { ...PAIR, sample_weight: [2, 2, 2] })).divisor, 12)
  for (const slot of ['mask', 'sample_weight'] as const) {
    await t.rejects(ask(app, loss('nt_xent'), { ...PAIR, [slot]: [1, 0, 1, 0, 1, 0] }), { status: 422, message: `/${slot}` })
  }
})

t.test('what is refused is refused by its place in the whole batch, and not where it is masked', async t => {
  const request = { ...LABELLED, ...CLASSES, labels: [0, 7, 9] }
  await t.rejects(ask(app, loss('arcface'), { ...request, mask: [1, 0, 1] }), { status: 422, message: '/labels/2' })
  t.ok(Number.isFinite((await ask(app, loss('arcface'), { ...request, mask: [1, 0, 0] })).loss))
})

t.test('losses of the batch as a whole take neither', async t => {
  for (const slot of ['mask', 'sample_weight']) {
    await t.rejects(ask(app, loss('vicreg'), { ...PAIR, [slot]: [1, 1, 1] }), { status: 400, message: slot })
  }
})
