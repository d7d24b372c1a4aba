// Every entry against what an independent library answers (test/golden/generate.py), through the service.
import t, { type Test } from 'tap'
import { z } from 'zod'
import type { Entry } from '../src/catalogue/define.js'
import { loadCatalogue } from '../src/catalogue/index.js'
import { isClose, isSame, nearest, type Bound } from './closeness.js'
import { digest } from './golden/describe.js'
import { ask, service, type Answer } from './service.js'
import { numbersOf, valuesOf, type Nested } from './values.js'
import { readVectors, requestOf, type Case, type Expected, type Vectors } from './vectors.js'

const LOSS: Bound = { relative: 1e-12, ulps: 2 }
const GRADIENT: Bound = { relative: 1e-10, ulps: 4 }

// The oracle's own rounding: where it adds or subtracts numbers as large as `magnitude`, this share of that number may
// be wrong in the vectors themselves. It outweighs the relative bounds only where terms cancel to a thousandth or less:
// torch's σ(30)(1 − σ(30)) has four good digits, and its log_softmax gives 0 for −4e-18. Magnitudes above 1000 are
// edges that an entry wrote out; they excuse nothing in the elements beside them.
const ROUNDING = 4 * 2 ** -53
const ORDINARY = 1000

const { entries } = await loadCatalogue()
const app = await service(t)

for (const entry of entries) {
  const vectors = readVectors(entry.id)
  t.test(`${entry.id} has vectors, made from the entry as it is (renew them with npm run golden)`, async t => {
    t.equal(vectors?.digest, digest(entry))
  })
  if (vectors === null) continue

  t.test(`${entry.id} has a vector with every option away from its default`, async t => {
    t.same(optionsLeftOut(entry, vectors), [])
  })

  t.test(`${entry.id} has a vector with the gradient of every differentiable slot`, async t => {
    t.same(gradientsLeftOut(entry, vectors), [])
  })

  const { loss, gradient } = boundsOf(entry)
  t.test(`${entry.id} agrees with ${vectors.library} to ${loss.relative} in float64 and ${loss.ulps} ulp in float32, ` +
    `gradients to ${gradient.relative} and ${gradient.ulps} ulp`, async t => { await compareAll(t, entry, vectors) })
}

/** What an entry's answers are allowed. */
function boundsOf ({ oracle: { bound } }: Entry): { loss: Bound, gradient: Bound } {
  return { loss: bound ?? LOSS, gradient: bound ?? GRADIENT }
}

async function compareAll (t: Test, entry: Entry, { cases }: Vectors): Promise<void> {
  for (const [number, vector] of cases.entries()) {
    const wrong: string[] = []
    for (const expected of vector.expected) wrong.push(...await compare(entry, vector, expected))
    t.same(wrong.slice(0, 8), [], `case ${number}, ${vector.dtype}, ${JSON.stringify(vector.options)}`)
  }
}

/** What is wrong with the answer to a case under one reduction. */
async function compare (entry: Entry, vector: Case, expected: Expected): Promise<string[]> {
  const name = `${expected.reduction}${expected.grad_output === undefined ? '' : ' with grad_output'}`
  try {
    const answer = await ask(app, entry, requestOf(vector, expected, entry.kind))
    const { loss, gradient } = boundsOf(entry)
    const wrong = [...compareLoss(answer, vector, expected, loss), ...compareGradients(answer, vector, expected, gradient)]
    return [...wrong, ...compareParts(answer)].map(text => `${name}: ${text}`)
  } catch (error) {
    return [`${name}: ${(error as Error).message}`]
  }
}

function compareLoss (answer: Answer, { dtype }: Case, { loss, output, magnitude }: Expected, bound: Bound): string[] {
  const expected = loss ?? output
  if (expected === undefined) return []
  const { shape } = valuesOf(expected)
  const [came, wanted] = [answer.shape.join(), shape.join()]
  if (came !== wanted) return [`the shape is [${came}], expected [${wanted}]`]
  return differences('loss', answer.loss ?? answer.output, expected, dtype, bound, slackOf(magnitude[0]))
}

function compareGradients (answer: Answer, { dtype }: Case, { gradients, magnitude }: Expected, bound: Bound): string[] {
  const slack = slackOf(magnitude[1])
  return Object.entries(gradients ?? {}).flatMap(([slot, expected]) =>
    differences(`gradient of ${slot}`, answer.gradients?.[slot], expected, dtype, bound, slack))
}

function slackOf (magnitude: number): number { return Math.min(magnitude, ORDINARY) * ROUNDING }

/** `loss` is `sum` ÷ `divisor` wherever these are answered, but for a mean over nothing, which the entry decides. */
function compareParts ({ loss, sum, divisor, dtype }: Answer): string[] {
  if (sum === undefined || divisor === undefined || (sum === 0 && divisor === 0)) return []
  const quotient = nearest(Number(sum) / Number(divisor), dtype)
  if (isSame(quotient, nearest(Number(loss), dtype))) return []
  return [`sum ÷ divisor is ${quotient}, the loss ${String(loss)}`]
}

function differences (
  name: string, answer: Nested | undefined, expected: Nested, dtype: string, bound: Bound, slack: number
): string[] {
  const { data, at } = valuesOf(expected)
  const answered = numbersOf(answer)
  if (at === null && answered.length !== data.length) {
    return [`${name} has ${answered.length} elements, expected ${data.length}`]
  }
  return data.flatMap((value, k) => {
    const place = at?.[k] ?? k
    const got = answered[place] ?? NaN
    return isClose(got, value, dtype, bound, slack) ? [] : [`${name}[${place}] is ${got}, expected ${value}`]
  })
}

function optionsLeftOut (entry: Entry, { cases }: Vectors): string[] {
  const defaults = z.object(entry.options).parse({}) as Readonly<Record<string, unknown>>
  return Object.keys(defaults).filter(option => !cases.some(({ options }) =>
    option in options && JSON.stringify(options[option]) !== JSON.stringify(defaults[option])))
}

function gradientsLeftOut (entry: Entry, { cases }: Vectors): string[] {
  const gradients = cases.flatMap(({ expected }) => expected.flatMap(answer => Object.entries(answer.gradients ?? {})))
  const found = new Set(gradients.filter(([, gradient]) => numbersOf(gradient).length > 0).map(([slot]) => slot))
  return Object.keys(entry.slots).filter(slot => entry.slots[slot]!.differentiable && !found.has(slot))
}
