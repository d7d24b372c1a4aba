// sample_weight and mask, for every loss that takes them: what they do follows from what the loss answers without them. What
// a mask does to losses that compare samples is in samples.test.ts.
import t from 'tap'
import type { Entry } from '../src/catalogue/define.js'
import { loadCatalogue } from '../src/catalogue/index.js'
import { comparesSamples } from '../src/catalogue/shares.js'
import { agree } from './closeness.js'
import { Draws, drawOperands, type Operands, type Shapes } from './draw.js'
import { ask, Refusal, service, type Answer } from './service.js'
import { flat, numbersOf, sizeOf, totalOf } from './values.js'

const TOLERANCE = { float64: 1e-10, float32: 3e-5 } as const
type Precision = keyof typeof TOLERANCE
/** Elements of all slots above which a case's shapes are not tried. */
const LARGE = 200

const { entries } = await loadCatalogue()
const app = await service(t)

/** Shapes of the oracle's cases whose loss has entries to weigh. */
function casesOf (entry: Entry): { shapes: Shapes, options: Readonly<Record<string, unknown>> }[] {
  return entry.oracle.cases.flatMap(({ shapes, options = {} }) =>
    shapes === undefined || totalOf(Object.values(shapes)) > LARGE || isJudgedTogether(options) ? [] : [{ shapes, options }])
}

/** How labels are encoded may depend on which of them are kept. */
function isJudgedTogether (options: Readonly<Record<string, unknown>>): boolean { return options.label_encoding === 'auto' }

/** A request and what it gives without shares. */
interface Plain {
  readonly request: Readonly<Record<string, unknown>>
  readonly operands: Operands
  readonly gradients: readonly string[]
  readonly shape: readonly number[]
  readonly losses: readonly number[]
}

async function plainOf (entry: Entry, operands: Operands, options: object, dtype: Precision): Promise<Plain> {
  const request = { ...bodyOf(operands), ...options, dtype }
  const { loss, shape } = await ask(app, entry, { ...request, reduction: 'none' })
  const gradients: string[] = []
  for (const slot of operands.keys()) if (await hasGradient(entry, request, slot)) gradients.push(slot)
  return { request, operands, gradients, shape, losses: numbersOf(loss) }
}

/** Whether the slot has a gradient beside these operands. */
async function hasGradient (entry: Entry, request: object, slot: string): Promise<boolean> {
  try {
    return entry.slots[slot]!.differentiable && await ask(app, entry, { ...request, gradients: [slot] }) !== undefined
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

for (const entry of entries.filter(({ slots, own }) => 'sample_weight' in slots && !('sample_weight' in own))) {
  t.test(`${entry.id} counts each entry as much as sample_weight and mask say, in the sum, the mean and the gradients`, async t => {
    const draws = new Draws(entry.id.length)
    let checked = 0
    for (const dtype of ['float64', 'float32'] as const) {
      for (const { shapes, options } of casesOf(entry)) {
        const plain = await plainOf(entry, drawOperands(entry, { shapes, options }, dtype, draws), options, dtype)
        if (sizeOf(shapeOf(entry, plain)) < 2) continue
        t.same(await wrong(entry, plain, draws, dtype), [], JSON.stringify({ shapes, options, dtype }))
        checked++
      }
    }
    t.ok(checked > 1, `${checked} cases`)
  })
}

async function wrong (entry: Entry, plain: Plain, draws: Draws, dtype: Precision): Promise<string[]> {
  const shape = shapeOf(entry, plain)
  const count = sizeOf(shape)
  const takesMask = !('mask' in entry.own) && !comparesSamples(entry.family)
  const weights = Array.from({ length: count }, () => Math.fround(draws.uniform() * 2))
  const mask = Array.from({ length: count }, (_, k) => k === 0 ? 1 : draws.below(2))
  const shares = plain.losses.map((_, k) => (takesMask ? mask[k % count]! : 1) * weights[k % count]!)
  const beside = { sample_weight: flat({ shape, data: weights }), ...takesMask && { mask: flat({ shape, data: mask }) } }
  const request = { ...plain.request, ...beside }
  const close: Close = (name, got, expected) => {
    const near = TOLERANCE[dtype] * scaleOf(expected)
    if (got.length === expected.length && got.every((value, k) => agree(value, expected[k]!, TOLERANCE[dtype], near))) return []
    return [`${name} is ${got.join()}, expected ${expected.join()}`]
  }
  const none = await ask(app, entry, { ...request, reduction: 'none', gradients: plain.gradients })
  const mean = await ask(app, entry, { ...request, reduction: 'mean', gradients: plain.gradients.filter(slot => !divides(entry, slot)) })
  const expected = plain.losses.map((loss, k) => shares[k] === 0 ? 0 : shares[k]! * loss)
  const { divisor, loss } = await meanOf(entry, plain, shares)
  return [
    ...close('none', numbersOf(none.loss), expected),
    ...close('mean', [Number(mean.loss)], [loss]),
    ...await gradientsOf(entry, plain, shares, none, 1, close),
    ...mean.sum === undefined
      ? []
      : [
          ...close('sum', [Number(mean.sum)], [expected.reduce((sum, value) => sum + value, 0)]),
          ...close('divisor', [Number(mean.divisor)], [divisor]),
          ...await gradientsOf(entry, plain, shares, mean, divisor, close)
        ]
  ]
}

/** The shape of sample_weight: the loss's, or one number for each sample; losses of a sample are a whole batch apart. */
function shapeOf ({ family }: Entry, { operands, shape }: Plain): readonly number[] {
  return comparesSamples(family) ? [...operands.values()][0]!.shape.slice(0, 1) : shape
}

type Close = (name: string, got: readonly number[], expected: readonly number[]) => string[]

function scaleOf (values: readonly number[]): number { return Math.max(1, ...values.map(Math.abs).filter(Number.isFinite)) }

/** A weight that a mean divides by has a gradient by the quotient rule, which a gradient of the sum does not show. */
function divides (entry: Entry, slot: string): boolean { return entry.meanByWeight && slot === 'weight' }

/**
 * The mean and what it divides by: the sums over entries of what each alone would give, times its share; what the request
 * fixes is the same for each alone and for all.
 */
async function meanOf (
  entry: Entry, evaluated: Plain, shares: readonly number[]
): Promise<{ divisor: number, loss: number }> {
  const { request, losses } = evaluated
  const shape = shapeOf(entry, evaluated)
  const plain = await ask(app, entry, { ...request, reduction: 'mean' })
  const whole = Number(plain.divisor ?? losses.length)
  const alone: { divisor: number, loss: number }[] = []
  for (let k = 0; k < sizeOf(shape); k++) {
    const one = flat({ shape, data: losses.slice(0, sizeOf(shape)).map((_, at) => at === k ? 1 : 0) })
    const { loss, divisor = 1 } = await ask(app, entry, { ...request, sample_weight: one, reduction: 'mean' })
    alone.push({ loss: Number(loss), divisor: Number(divisor) })
  }
  const divisor = alone.every(one => one.divisor === whole) ? whole : sumOf(shares, alone.map(one => one.divisor))
  const sum = sumOf(shares, alone.map(one => one.divisor === 0 ? 0 : one.loss * one.divisor))
  return { divisor, loss: whole === 0 ? Number(plain.loss) : sum / divisor }
}

function sumOf (shares: readonly number[], values: readonly number[]): number {
  return values.reduce((sum, value, k) => shares[k] === 0 ? sum : sum + shares[k]! * value, 0)
}

/** Gradients are those of the losses under grad_output = shares / divisor; where there is nothing to divide by, 0. */
async function gradientsOf (
  entry: Entry, { request, gradients, shape }: Plain, shares: readonly number[], answer: Answer, divisor: number, close: Close
): Promise<string[]> {
  const upstream = flat({ shape, data: shares.map(share => divisor === 0 ? 0 : share / divisor) })
  const expected = await ask(app, entry, { ...request, reduction: 'none', gradients, grad_output: upstream })
  return Object.keys(answer.gradients ?? {}).flatMap(slot =>
    close(`gradient of ${slot}`, numbersOf(answer.gradients![slot]), numbersOf(expected.gradients![slot])))
}

for (const entry of entries.filter(({ slots, own, family }) => 'mask' in slots && !('mask' in own) && !comparesSamples(family))) {
  t.test(`${entry.id} does not read what is masked`, async t => {
    const draws = new Draws(entry.id.length)
    let checked = 0
    for (const { shapes, options } of casesOf(entry).filter(({ shapes }) => isLed(shapes))) {
      const plain = await plainOf(entry, drawOperands(entry, { shapes, options }, 'float64', draws), options, 'float64')
      if (plain.losses.length < 2) continue
      const mask = plain.losses.map((_, k) => k % 2)
      const request = { ...plain.request, mask: flat({ shape: plain.shape, data: mask }), gradients: plain.gradients }
      const spoiled = { ...request, ...isRowwise(entry) ? spoil(entry, plain, mask) : await spoilUnmet(entry, plain, mask) }
      t.same(await ask(app, entry, spoiled), await ask(app, entry, request), JSON.stringify({ shapes, options }))
      const nothing = await ask(app, entry, { ...request, mask: flat({ shape: plain.shape, data: mask.map(() => 0) }) })
      t.ok(nothing.loss === 'NaN' || nothing.loss === 0, `the mean of nothing is ${String(nothing.loss)}`)
      for (const slot of plain.gradients.filter(slot => !divides(entry, slot))) {
        t.ok(numbersOf(nothing.gradients![slot]).every(value => value === 0), `nothing has a gradient in ${slot}`)
      }
      checked++
    }
    t.ok(checked > 0, `${checked} cases`)
  })
}

/** Whether no slot has more axes than the first, which may then run along other axes of the loss than they seem to. */
function isLed (shapes: Shapes): boolean {
  const [first, ...rest] = Object.values(shapes).map(shape => shape.length)
  return rest.every(rank => rank <= first!)
}

/** Whether slots that have the shape of the loss, or one axis more, have a row for each of its entries. */
function isRowwise ({ family }: Entry): boolean { return !['regions', 'overlap', 'linear', 'adaptive'].includes(family) }

/** Operands with NaN in every element that, alone, spoils no loss but masked ones; class indices as below. */
async function spoilUnmet (entry: Entry, plain: Plain, mask: readonly number[]): Promise<Record<string, unknown>> {
  // What is ignored without a mask is read all the same, and has the gradient NaN then.
  if (plain.request.ignore_index !== undefined) return {}
  const spoiled = spoil(entry, plain, mask)
  for (const [slot, { shape, dtype, data }] of plain.operands) {
    if (dtype === 'int64') continue
    const spoilt = (at: number) => ({ [slot]: flat({ shape, data: data.with(at, NaN) }) })
    const met = await Promise.all(data.map(async (_, at) => await meets(entry, plain, mask, spoilt(at))))
    spoiled[slot] = flat({ shape, data: data.map((value, at) => met[at]! ? value : NaN) })
  }
  return spoiled
}

/** Whether these operands spoil a loss that is kept. */
async function meets (entry: Entry, { request }: Plain, mask: readonly number[], operands: object): Promise<boolean> {
  const { loss } = await ask(app, entry, { ...request, ...operands, reduction: 'none' })
  return numbersOf(loss).some((value, k) => mask[k] === 1 && Number.isNaN(value))
}

/** Slots whose elements belong to one entry each, with what no loss takes in the masked ones. */
function spoil (entry: Entry, { operands, shape }: Plain, mask: readonly number[]): Record<string, unknown> {
  const own = [...operands].filter(([, operand]) => String(operand.shape.slice(0, shape.length)) === String(shape) &&
    operand.shape.length - shape.length < 2)
  return Object.fromEntries(own.map(([slot, operand]) => {
    const length = sizeOf(operand.shape) / mask.length
    const bad = entry.slots[slot]!.kind === 'index' || operand.dtype === 'int64' ? 10 ** 9 : NaN
    return [slot, flat({ shape: operand.shape, data: operand.data.map((value, at) => mask[Math.floor(at / length)] === 0 ? bad : value) })]
  }))
}

t.test('a mask is read as booleans or numbers, stretches, and is refused where it does not fit', async t => {
  const entry = entries.find(({ id }) => id === 'mse')!
  const request = { input: [[1, 2], [3, 4]], target: [[0, 0], [0, 0]] }
  t.match(await ask(app, entry, { ...request, mask: [true, false] }), { loss: 5, sum: 10, divisor: 2 })
  t.match(await ask(app, entry, { ...request, mask: [[1], [0]], sample_weight: [1, 3] }), { loss: 13 / 4, divisor: 4 })
  for (const [slot, value] of [['mask', [1, 0, 1]], ['sample_weight', [[[1]]]]] as const) {
    t.equal(await statusOf(entry, { ...request, [slot]: value }), 422, slot)
  }
  t.equal(await statusOf(entry, { ...request, mask: [0.5, 1] }), 400, 'a mask is whole')
})

async function statusOf (entry: Entry, body: object): Promise<number> {
  try {
    await ask(app, entry, body)
    return 200
  } catch (error) {
    return (error as Refusal).status
  }
}

function bodyOf (operands: Operands): object {
  return Object.fromEntries([...operands].map(([slot, operand]) => [slot, flat(operand)]))
}
