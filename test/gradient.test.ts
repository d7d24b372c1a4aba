// Every gradient against central differences of the values that the service itself answers, but for those that take for
// constant what is not: golden vectors hold these.
import t from 'tap'
import type { Entry } from '../src/catalogue/define.js'
import { loadCatalogue } from '../src/catalogue/index.js'
import { Draws } from './draw.js'
import { ask, Refusal, service } from './service.js'
import { flat, numbersOf, sizeOf, totalOf, valuesOf, type Values } from './values.js'
import { readVectors, requestOf, type Case, type Expected } from './vectors.js'

const TOLERANCE = 1e-6
/** Differences over h and 2h: their extrapolation is wrong by h⁴, and by the rounding of the values divided by h. */
const STEP = 1e-5
/** How far apart the two differences are where a function is smooth; more says that a kink lies between. */
const SMOOTH = 1e-3
/** Elements of a slot that are tried, at random when it has more. */
const TRIED = 10
/** Elements of all slots above which a case is left to the golden vectors. */
const LARGE = 500

/** A function of one operand's elements, the others fixed. */
type Value = (operand: Values) => Promise<number>

const { entries } = await loadCatalogue()
const app = await service(t)

/** What came out of the trials. */
class Tally {
  readonly wrong: string[] = []
  readonly slots = new Set<string>()
  tried = 0
  kinks = 0
}

for (const entry of entries) {
  const slots = Object.keys(entry.slots).filter(slot => entry.slots[slot]!.differentiable)
  if (slots.length === 0 || entry.oracle.constant !== undefined) continue
  t.test(`the gradients of ${entry.id} are its central differences to ${TOLERANCE} ` +
    '(at infinities, NaN, kinks and written-out edges there are none: these are golden vectors)', async t => {
    const tally = new Tally()
    for (const vector of smoothCases(entry)) await checkCase(entry, vector, tally)
    t.same(tally.wrong.slice(0, 8), [])
    t.ok(tally.kinks * 20 <= tally.tried, `${tally.kinks} of ${tally.tried} elements lie at kinks`)
    t.same(slots.filter(slot => !tally.slots.has(slot)), [], 'every differentiable slot was tried')
  })
}

function smoothCases (entry: Entry): Case[] {
  const cases = readVectors(entry.id)?.cases ?? []
  return cases.filter(({ drawn, dtype, slots }) => drawn && dtype === 'float64' &&
    totalOf(Object.values(slots).map(slot => valuesOf(slot).shape)) <= LARGE)
}

/**
 * Tries the gradients of a case under `sum`; a transform is made one number by its golden case's grad_output.
 * A gradient that is taken through another function has that function before its slot.
 */
async function checkCase (entry: Entry, vector: Case, tally: Tally): Promise<void> {
  const expected = vector.expected.find(({ reduction, grad_output: upstream }) =>
    entry.kind === 'loss' ? reduction === 'sum' : upstream !== undefined)
  if (expected?.gradients === undefined) return
  const request = requestOf(vector, expected, entry.kind)
  const answer = await ask(app, entry, request)
  const draws = new Draws(sizeOf(answer.shape))
  for (const slot of Object.keys(expected.gradients)) {
    const through = entry.slots[slot]!.through === 'log_softmax' ? logSoftmax : (operand: Values) => operand
    const value: Value = async operand =>
      await valueOf(entry, { ...request, gradients: [], [slot]: flat(through(operand)) }, expected)
    const operand = valuesOf(vector.slots[slot]!)
    const gradient = numbersOf(answer.gradients?.[slot])
    for (const at of someOf(operand.data.length, draws)) {
      const name = `${slot}[${at}] of ${JSON.stringify(vector.options)}`
      await checkElement(name, gradient[at]!, value, operand, at, tally)
    }
    if (operand.data.length > 0) tally.slots.add(slot)
  }
}

async function checkElement (
  name: string, gradient: number, value: Value, operand: Values, at: number, tally: Tally
): Promise<void> {
  const scale = Math.max(Math.abs(await value(operand)), 1)
  const near = await difference(value, operand, at, STEP)
  const far = await difference(value, operand, at, 2 * STEP)
  if (near === null || far === null) return
  tally.tried++
  if (Math.abs(near - far) > SMOOTH * Math.max(Math.abs(near), Math.abs(far), scale)) tally.kinks++
  else {
    const slope = (4 * near - far) / 3
    const allowed = TOLERANCE * Math.abs(slope) + 16 * 2 ** -53 * scale / STEP
    if (!(Math.abs(slope - gradient) <= allowed)) tally.wrong.push(`${name}: ${gradient}, expected ${slope}`)
  }
}

/** The central difference over `step`; null where the service refuses to leave the operand's domain. */
async function difference (value: Value, operand: Values, at: number, step: number): Promise<number | null> {
  const moved = (by: number): Values => ({ ...operand, data: operand.data.map((old, k) => k === at ? old + by : old) })
  try {
    return (await value(moved(step)) - await value(moved(-step))) / (2 * step)
  } catch (error) {
    if (error instanceof Refusal && error.status === 422) return null
    throw error
  }
}

/** log_softmax along the last axis. */
function logSoftmax ({ shape, data, at }: Values): Values {
  const length = shape.at(-1)!
  const sums = Array.from({ length: data.length / length }, (_, row) =>
    Math.log(data.slice(row * length, (row + 1) * length).reduce((sum, x) => sum + Math.exp(x), 0)))
  return { shape, at, data: data.map((x, k) => x - sums[Math.floor(k / length)]!) }
}

/** The loss, or what a transform's output and grad_output make. */
async function valueOf (entry: Entry, request: object, expected: Expected): Promise<number> {
  if (entry.kind === 'loss') return Number((await ask(app, entry, request)).loss)
  const { grad_output: upstream, ...plain } = request as { grad_output?: unknown }
  const output = numbersOf((await ask(app, entry, plain)).output)
  return output.reduce((sum, element, k) => sum + element * numbersOf(expected.grad_output)[k]!, 0)
}

function someOf (count: number, draws: Draws): number[] {
  const all = Array.from({ length: count }, (_, at) => at)
  return count <= TRIED ? all : Array.from({ length: TRIED }, () => all.splice(draws.below(all.length), 1)[0]!)
}
