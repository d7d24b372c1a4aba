// Class indices that are no class, and weights that add up to nothing: what is refused is refused in words with its place, what is
// ignored is never read, and nothing beside an operand is, which memory full of poison shows.
import t from 'tap'
import type { Entry } from '../src/catalogue/define.js'
import { loadCatalogue } from '../src/catalogue/index.js'
import { Draws, drawOperands, type Drawn, type Operand, type Operands } from './draw.js'
import { describe, differentiable, isDrawn } from './evaluations.js'
import type { Form, Request } from './forms.js'
import { Trial, type Verdict } from './poison/trial.js'
import { totalOf } from './values.js'

const SEED = 20261126
/** Elements of all slots above which a case's shapes are not tried. */
const MOST = 150

/** Indices beside every list of classes, some of them far enough to leave the memory: multiples of a row beyond 32 bits wrap around. */
const OUTSIDE = [-1, -2, 5000, 2 ** 29 + 1, 2 ** 31, 2 ** 32, -(2 ** 31), 2 ** 53 + 2, -(2 ** 60), 2 ** 63 - 2048, 2048 - 2 ** 63]

const { entries } = await loadCatalogue()
const FORMS: readonly Form[] = ['safetensors', 'flat']

/** The slots of an entry that hold indices in a case. */
function indicesIn (entry: Entry, operands: Operands): string[] {
  return [...operands].filter(([slot, { dtype, data }]) => dtype === 'int64' && data.length > 0 && slot in entry.own).map(([slot]) => slot)
}

const indexed = entries.filter(({ own }) => Object.values(own).some(({ kind }) => kind !== 'float'))
const trial = await Trial.start(t, ['nan', 'large'])

/** Whether an entry's indices are labels, of which any whole number is one. */
function takesAny ({ kind, own: { labels } }: Entry): boolean { return kind === 'loss' && labels !== undefined && labels.classesOf === undefined }

for (const entry of indexed) {
  t.test(`${entry.id} reads no class that there is not`, async t => {
    const wrong: string[] = []
    let refused = 0
    for (const { drawn, operands, slot, draws, turn } of slotsToTry(entry)) {
      for (const [k, index] of OUTSIDE.entries()) {
        const request = requestWith(entry, drawn, operands, slot, index, draws)
        const verdict = await trial.compare(entry, request, FORMS[(k + turn) % 2]!)
        refused += verdict.answered ? 0 : 1
        wrong.push(...faultsOf(verdict, slot).map(fault => `${describe(request)} with ${index} in ${slot}: ${fault}`))
      }
    }
    t.same([...wrong, ...await trial.spoilt()].slice(0, 8), [])
    t.equal(refused === 0, takesAny(entry), `${refused} refused`)
  })

  t.test(`${entry.id} takes no fraction for an index`, async t => {
    for (const { drawn, operands, slot } of slotsToTry(entry)) {
      const operand: Operand = { ...operands.get(slot)!, dtype: 'float64' }
      const half = { ...operand, data: operand.data.map(value => value + 0.5) }
      const request: Request = { operands: new Map([...operands, [slot, half]]), settings: drawn.options ?? {}, dtype: 'float64' }
      for (const form of FORMS) t.match(await trial.compare(entry, request, form), { answered: false, differing: [] }, `${form} ${describe(request)}`)
    }
  })
}

for (const entry of indexed.filter(({ options }) => 'ignore_index' in options)) {
  t.test(`${entry.id} reads nothing where everything is ignored, or weighs nothing`, async t => {
    for (const { drawn, operands, slot, turn } of slotsToTry(entry)) {
      const none = (name: string, value: number): Operands => new Map([...operands, [name, filled(operands.get(name)!, value)]])
      const settings = { ...drawn.options, gradients: gradientsOf(entry, operands), reduction: turn % 2 === 0 ? 'mean' : 'none' }
      const ignored = { operands: none(slot, -100), settings: { ...settings, ignore_index: -100 }, dtype: 'float64' as const }
      const weightless = operands.has('weight') ? [{ ...ignored, operands: none('weight', 0), settings }] : []
      for (const request of [ignored, ...weightless]) {
        for (const form of FORMS) t.match(await trial.compare(entry, request, form), { answered: true, differing: [] }, `${form} ${describe(request)}`)
      }
    }
  })
}

function filled (operand: Operand, value: number): Operand { return { ...operand, data: operand.data.map(() => value) } }

interface Attempt {
  readonly drawn: Drawn
  readonly operands: Operands
  readonly slot: string
  readonly draws: Draws
  readonly turn: number
}

/** The slots that hold indices, in some cases of the entry. */
function slotsToTry (entry: Entry): Attempt[] {
  const draws = new Draws(SEED)
  return casesOf(entry).flatMap((drawn, turn) => {
    const operands = drawOperands(entry, drawn, turn % 2 === 0 ? 'float64' : 'float32', draws)
    return indicesIn(entry, operands).map(slot => ({ drawn, operands, slot, draws, turn }))
  })
}

function casesOf (entry: Entry): Drawn[] {
  return entry.oracle.cases.filter(isDrawn).filter(({ shapes }) => totalOf(Object.values(shapes)) <= MOST).slice(0, 6)
}

/** A request with `index` somewhere in a slot; where the entry ignores an index, every other time that one is it. */
function requestWith (entry: Entry, { options = {} }: Drawn, operands: Operands, slot: string, index: number, draws: Draws): Request {
  const operand = operands.get(slot)!
  const at = draws.below(operand.data.length)
  const changed: Operand = { ...operand, data: operand.data.map((value, k) => k === at ? index : value) }
  const ignored = 'ignore_index' in entry.options && draws.below(2) === 0 ? { ignore_index: index } : {}
  const reduction = entry.kind === 'loss' ? { reduction: draws.pick(['none', 'mean']), gradients: gradientsOf(entry, operands) } : {}
  const real = [...operands.values()].find(({ dtype }) => dtype !== 'int64')
  const settings = { ...options, ...ignored, ...reduction }
  return { operands: new Map([...operands, [slot, changed]]), settings, dtype: real?.dtype === 'float32' ? 'float32' : 'float64' }
}

/** Beside class indices there is no gradient of the weights of classes. */
function gradientsOf (entry: Entry, operands: Operands): string[] {
  return differentiable(entry, operands).filter(slot => slot !== 'weight')
}

/** What memory shows of itself, and a refusal that does not lead to the index; one_hot makes as many classes as there is room for. */
function faultsOf ({ differing, problem }: Verdict, slot: string): string[] {
  const told = differing.map(pattern => `${pattern} shows`)
  if (problem === null || problem.code === 'too_large') return told
  const leads = problem.pointers.some(pointer => pointer.startsWith(`/${slot}`) || pointer === '/ignore_index')
  return problem.status < 500 && leads ? told : [...told, `${problem.status} ${problem.code} ${problem.pointers.join()}`]
}
