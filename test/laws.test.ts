// The laws that entries declare, on random operands; and the identities that tie entries to one another.
import fc from 'fast-check'
import t from 'tap'
import type { Entry, Law } from '../src/catalogue/define.js'
import { loadCatalogue } from '../src/catalogue/index.js'
import { agree } from './closeness.js'
import { Draws, drawOperands, type Operand, type Operands, type Shapes } from './draw.js'
import { ask, loss, Refusal, service, transform } from './service.js'
import { flat, numbersOf, sizeOf, totalOf } from './values.js'

const TOLERANCE = 1e-12
/** Random operands for each law. */
const RUNS = 40
/** Elements of all slots above which a case's shapes are not tried. */
const LARGE = 2000

const { entries, find } = await loadCatalogue()
const app = await service(t)

/** Whether a law holds of an entry's losses; null where the operands do not suit it. */
type Check<L extends Law> = (entry: Entry, operands: Operands, law: L) => Promise<boolean | null>

const LAWS: { readonly [L in Law as L['law']]: Check<L> } = {
  non_negative: async (entry, operands) =>
    (await lossOf(entry, operands)).every(value => value >= -TOLERANCE),

  at_most: async (entry, operands, { bound }) =>
    (await lossOf(entry, operands)).every(value => value <= bound + TOLERANCE),

  zero_at_target: async (entry, operands) => {
    const [input, target] = firstTwo(operands)
    if (input === undefined || target === undefined || !sameShape(input[1], target[1])) return null
    const values = await lossOf(entry, new Map([...operands, [target[0], input[1]]]))
    return values.every(value => Math.abs(value) <= TOLERANCE)
  },

  symmetric: async (entry, operands, { slots: [one, other] }) => {
    const swapped = new Map([...operands, [one, operands.get(other)!], [other, operands.get(one)!]])
    return close(await lossOf(entry, operands), await lossOf(entry, swapped))
  },

  shift_invariant: async (entry, operands, { slots }) =>
    close(await lossOf(entry, operands), await lossOf(entry, changed(operands, slots, value => value + 1.5))),

  scale_invariant: async (entry, operands, { slots }) =>
    close(await lossOf(entry, operands), await lossOf(entry, changed(operands, slots, value => value * 3))),

  equals: async (entry, operands, { loss: other, options, others, factor = 1, slots = {} }) => {
    const theirs = find('loss', other)!
    const renamed = new Map([...operands].map(([slot, operand]): [string, Operand] => [slots[slot] ?? slot, operand]))
    const expected = await lossesOf(theirs.id, { ...bodyOf(renamed), ...others })
    return close(await lossesOf(entry.id, { ...bodyOf(operands), ...options }), expected.map(value => factor * value))
  }
}

/** Operands with the elements of some slots changed. */
function changed (operands: Operands, slots: readonly string[], change: (value: number) => number): Operands {
  return new Map([...operands].map(([slot, operand]) =>
    [slot, slots.includes(slot) ? { ...operand, data: operand.data.map(change) } : operand]))
}

/** What a law says, in words. */
function words (law: Law): string {
  if (law.law === 'equals') {
    const times = law.factor === undefined ? '' : `${law.factor} times `
    return `with ${JSON.stringify(law.options ?? {})} equals ${times}${law.loss} with ${JSON.stringify(law.others ?? {})}`
  }
  const name = `is ${law.law.replaceAll('_', ' ')}`
  if (law.law === 'at_most') return `${name} ${law.bound}`
  return 'slots' in law ? `${name} in ${law.slots.join(' and ')}` : name
}

/** Random operands: the shapes of one of the cases, and the sequence that their elements are made of. */
function operandsFor (entry: Entry): fc.Arbitrary<Operands> {
  const uniforms = fc.array(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), { minLength: 1, maxLength: 120 })
  return fc.tuple(fc.constantFrom(...shapesOf(entry)), uniforms)
    .map(([shapes, tape]) => drawOperands(entry, { shapes }, 'float64', new Tape(tape)))
}

/** Plays a sequence of uniform numbers, again and again. */
class Tape extends Draws {
  #at = 0
  constructor (readonly uniforms: readonly number[]) { super(0) }
  override uniform (): number { return this.uniforms[this.#at++ % this.uniforms.length]! }
}

for (const entry of entries) {
  for (const law of entry.laws) {
    t.test(`${entry.id} ${words(law)}, to ${TOLERANCE}`, async t => {
      let checked = 0
      await fc.assert(fc.asyncProperty(operandsFor(entry), async operands => {
        const holds = await refusedAsNull((LAWS[law.law] as Check<Law>)(entry, operands, law))
        if (holds !== null) checked++
        return holds !== false
      }), { numRuns: RUNS, seed: entry.id.length })
      t.ok(checked >= RUNS / 10, `held in ${checked} cases`)
    })
  }

  if ('base' in entry.options) {
    t.test(`${entry.id} in base 2 is ${entry.id} in nats divided by ln 2, gradients too, to ${TOLERANCE}`, async t => {
      const operands = drawOperands(entry, { shapes: shapesOf(entry)[0]! }, 'float64', new Draws(2))
      const gradients = [...operands.keys()].filter(slot => entry.slots[slot]!.differentiable)
      const request = { ...bodyOf(operands), reduction: 'none', gradients }
      const nats = await ask(app, entry, { ...request, base: 'e' })
      const bits = await ask(app, entry, { ...request, base: 2 })
      const inNats = (values: readonly number[]) => values.map(value => value * Math.LN2)
      t.ok(close(inNats(numbersOf(bits.loss)), numbersOf(nats.loss)))
      for (const slot of gradients) {
        t.ok(close(inNats(numbersOf(bits.gradients?.[slot])), numbersOf(nats.gradients?.[slot])), slot)
      }
    })
  }
}

t.test(`H(p, q) = H(p) + KL(p ‖ q), to ${TOLERANCE}`, async t => {
  const [p, q] = [distribution([6, 7], 1), distribution([6, 7], 2)]
  const cross = await lossesOf('distribution_cross_entropy', { p, q })
  const entropy = await lossesOf('entropy', { p })
  const divergence = await lossesOf('kl_divergence', { p, q })
  t.ok(close(cross, entropy.map((value, k) => value + divergence[k]!)))
})

t.test(`cross_entropy is nll of log_softmax, to ${TOLERANCE}`, async t => {
  const input = real([6, 7], 3)
  const target = labels([6], 7, 4)
  const logarithms = await ask(app, transform('log_softmax'), { input, dim: 1 })
  t.ok(close(
    await lossesOf('cross_entropy', { input, target }),
    await lossesOf('nll', { input: logarithms.output, target })
  ))
})

t.test(`H(p, q) of a one-hot p is −ln of q at its class, to ${TOLERANCE}`, async t => {
  const q = distribution([6, 7], 5)
  const classes = labels([6], 7, 6)
  const p = (await ask(app, transform('one_hot'), { labels: classes, num_classes: 7 })).output
  const expected = classes.data.map((label, row) => -Math.log(Number(q.data[row * 7 + Number(label)])))
  t.ok(close(await lossesOf('distribution_cross_entropy', { p, q }), expected))
})

t.test(`info_nce is cross_entropy of q·kᵀ/τ with the diagonal as target, to ${TOLERANCE}`, async t => {
  const [query, key] = [real([5, 3], 7), real([5, 3], 8)]
  const temperature = 2
  const row = ({ data }: Flat, k: number) => data.slice(k * 3, k * 3 + 3).map(Number)
  const input = [0, 1, 2, 3, 4].map(i => [0, 1, 2, 3, 4].map(j =>
    row(query, i).reduce((sum, value, d) => sum + value * row(key, j)[d]!, 0) / temperature))
  t.ok(close(
    await lossesOf('info_nce', { query, key, temperature }),
    await lossesOf('cross_entropy', { input, target: [0, 1, 2, 3, 4] })
  ))
})

t.test(`mse is ‖y − ŷ‖²/(N·m) under mean and ‖y − ŷ‖²/N under batchmean, to ${TOLERANCE}`, async t => {
  const [input, target] = [real([5, 3], 9), real([5, 3], 10)]
  const norm = input.data.reduce((sum: number, value, k) => sum + (Number(value) - Number(target.data[k])) ** 2, 0)
  const under = async (reduction: string) => Number((await ask(app, loss('mse'), { input, target, reduction })).loss)
  t.ok(agree(await under('mean'), norm / 15, TOLERANCE, 0))
  t.ok(agree(await under('batchmean'), norm / 5, TOLERANCE, 0))
})

t.test(`poly_cross_entropy with ε 0 is cross_entropy of class probabilities, to ${TOLERANCE}`, async t => {
  const [input, target] = [real([6, 7], 11), distribution([6, 7], 12)]
  t.ok(close(await lossesOf('poly_cross_entropy', { input, target, epsilon: 0 }), await lossesOf('cross_entropy', { input, target })))
})

t.test(`linear_cross_entropy with the identity as weights is cross_entropy, to ${TOLERANCE}`, async t => {
  const [input, target] = [real([6, 3], 13), labels([6], 3, 14)]
  const identity = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
  t.ok(close(
    await lossesOf('linear_cross_entropy', { input, target, linear_weight: identity }),
    await lossesOf('cross_entropy', { input, target })
  ))
})

t.test(`perplexity is the exponential of the mean of next_token_cross_entropy, to ${TOLERANCE}`, async t => {
  const [logits, ids] = [real([2, 4, 5], 15), labels([2, 4], 5, 16)]
  const { loss: mean } = await ask(app, loss('next_token_cross_entropy'), { logits, input_ids: ids, reduction: 'mean' })
  t.ok(close(await lossesOf('perplexity', { logits, input_ids: ids }), [Math.exp(Number(mean))]))
})

t.test(`multilabel_soft_margin is the mean of binary_cross_entropy_with_logits over the labels, to ${TOLERANCE}`, async t => {
  const [input, target] = [real([6, 4], 17), labels([6, 4], 2, 18)]
  const each = await lossesOf('binary_cross_entropy_with_logits', { input, target })
  t.ok(close(await lossesOf('multilabel_soft_margin', { input, target }), rowsOf(each, 4).map(averageOf)))
})

t.test(`The square of rmse is the mean of mse, to ${TOLERANCE}`, async t => {
  const [input, target] = [real([6, 4], 19), real([6, 4], 20)]
  const each = await lossesOf('mse', { input, target })
  const squared = (roots: readonly number[]) => roots.map(root => root * root)
  t.ok(close(squared(await lossesOf('rmse', { input, target })), [averageOf(each)]))
  t.ok(close(squared(await lossesOf('rmse', { input, target, dims: [1] })), rowsOf(each, 4).map(averageOf)), 'over one axis')
})

t.test(`gaussian_nll with variance 1 is half of mse, to ${TOLERANCE}`, async t => {
  const [input, target] = [real([6, 4], 21), real([6, 4], 22)]
  const half = (await lossesOf('mse', { input, target })).map(value => value / 2)
  t.ok(close(await lossesOf('gaussian_nll', { input, target, var: 1 }), half))
})

t.test(`contrastive of pairs that belong together is euclidean_distance, to ${TOLERANCE}`, async t => {
  const [one, other] = [real([6, 4], 23), real([6, 4], 24)]
  const together = [1, 1, 1, 1, 1, 1]
  t.ok(close(
    await lossesOf('contrastive', { input1: one, input2: other, target: together, factor: 1, squared: false }),
    await lossesOf('euclidean_distance', { input: one, target: other })
  ))
})

t.test(`supcon of both views, each pair with a label of its own, is nt_xent, to ${TOLERANCE}`, async t => {
  const [query, key] = [real([5, 3], 25), real([5, 3], 26)]
  const both = { shape: [10, 3], data: [...query.data, ...key.data] }
  t.ok(close(
    await lossesOf('supcon', { input: both, labels: [0, 1, 2, 3, 4, 0, 1, 2, 3, 4], temperature: 0.5 }),
    await lossesOf('nt_xent', { query, key, temperature: 0.5 })
  ))
})

t.test(`cispo with both bounds 1 and dro with β 0 are reinforce, to ${TOLERANCE}`, async t => {
  const [logprobs, sampled, advantages] = [logarithms([6, 4], 27), logarithms([6, 4], 28), real([6, 4], 29)]
  const expected = await lossesOf('reinforce', { logprobs, advantages })
  const operands = { logprobs, old_logprobs: sampled, advantages }
  t.ok(close(await lossesOf('cispo', { ...operands, clip_low_threshold: 1, clip_high_threshold: 1 }), expected))
  t.ok(close(await lossesOf('dro', { ...operands, beta: 0 }), expected))
})

/** Shapes that only go with other options are refused: nothing is said of them. */
async function refusedAsNull (check: Promise<boolean | null>): Promise<boolean | null> {
  try {
    return await check
  } catch (error) {
    if (error instanceof Refusal && error.status === 422) return null
    throw error
  }
}

/** Shapes of the oracle's cases, without optional slots, each once; none that are empty, where means are NaN and sums 0. */
function shapesOf (entry: Entry): Shapes[] {
  const given = entry.oracle.cases.flatMap(({ shapes }) => shapes === undefined ? [] : [shapes])
  const required = given.map(shapes => withoutOptional(entry, shapes))
  const small = required.filter(shapes => totalOf(Object.values(shapes)) <= LARGE && !Object.values(shapes).flat().includes(0))
  return [...new Map(small.map(shapes => [JSON.stringify(shapes), shapes])).values()]
}

function withoutOptional (entry: Entry, shapes: Shapes): Shapes {
  return Object.fromEntries(Object.entries(shapes).filter(([slot]) => !entry.slots[slot]!.optional))
}

function firstTwo (operands: Operands) { return [...operands] as [[string, Operand]?, [string, Operand]?] }

function sameShape (one: Operand, other: Operand): boolean { return String(one.shape) === String(other.shape) }

function bodyOf (operands: Operands): object {
  return Object.fromEntries([...operands].map(([slot, operand]) => [slot, flat(operand)]))
}

async function lossOf (entry: Entry, operands: Operands): Promise<readonly number[]> {
  return await lossesOf(entry.id, bodyOf(operands))
}

async function lossesOf (id: string, body: object): Promise<readonly number[]> {
  return numbersOf((await ask(app, loss(id), { ...body, reduction: 'none' })).loss)
}

function close (values: readonly number[], expected: readonly number[]): boolean {
  return values.length === expected.length &&
    values.every((value, k) => agree(value, expected[k]!, TOLERANCE, TOLERANCE))
}

function rowsOf (values: readonly number[], length: number): (readonly number[])[] {
  return Array.from({ length: values.length / length }, (_, k) => values.slice(k * length, (k + 1) * length))
}

function averageOf (values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

type Flat = ReturnType<typeof flat>

function real (shape: readonly number[], seed: number): Flat { return drawn(shape, seed, draws => draws.normal()) }

function labels (shape: readonly number[], classes: number, seed: number): Flat {
  return drawn(shape, seed, draws => draws.below(classes))
}

function distribution (shape: readonly number[], seed: number): Flat {
  const data = drawn(shape, seed, draws => draws.uniform()).data.map(Number)
  const length = shape.at(-1)!
  const totalAt = (start: number) => data.slice(start, start + length).reduce((sum, value) => sum + value, 0)
  return flat({ shape, data: data.map((value, k) => value / totalAt(k - k % length)) })
}

function logarithms (shape: readonly number[], seed: number): Flat {
  return drawn(shape, seed, draws => Math.log(draws.uniform()))
}

function drawn (shape: readonly number[], seed: number, value: (draws: Draws) => number): Flat {
  const draws = new Draws(seed)
  return flat({ shape, data: Array.from({ length: sizeOf(shape) }, () => value(draws)) })
}
