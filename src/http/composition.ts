// What a composite request says: losses with coefficients over named tensors, checked as far as that can be done before the
// tensors are decoded; and how its gradients are put together.
import { z } from 'zod'
import type { Entry } from '../catalogue/define.js'
import type { Catalogue } from '../catalogue/index.js'
import type { Job, Outcome } from '../engine/job.js'
import { failAt, Failure } from '../errors.js'
import { dtypeInfo, type Precision } from '../tensor/dtype.js'
import { sizeOf } from '../tensor/shape.js'
import { pointerStep, type Tensor } from '../tensor/tensor.js'
import { unknownEntry } from './losses.js'
import { hint } from './nearest.js'

/** Most losses of one request. */
export const MOST_PARTS = 64

/** The member `losses`, one of them, as documented; what else stands in it are options of the loss. */
export const PartSchema = z.looseObject({
  loss: z.string().describe('Name or alias of a loss'),
  name: z.string().optional().describe('Name of the part in the answer; that of the loss when left out'),
  coefficient: z.number().default(1).describe('What the loss is multiplied by'),
  slots: z.record(z.string(), z.string()).default({})
    .describe('Names of tensors by slot; a slot that is not named takes the tensor of its own name'),
  reduction: z.enum(['mean', 'sum', 'batchmean']).default('mean')
}).describe('A loss; its other members are the options of that loss')

/** One loss of the sum. */
export interface Part {
  readonly entry: Entry
  readonly name: string
  readonly coefficient: number
  /** Names of tensors by slot. */
  readonly slots: ReadonlyMap<string, string>
  /** Options and the reduction. */
  readonly values: ReadonlyMap<string, unknown>
  readonly pointer: string
}

/** The losses in `list`, over tensors called `names`. @throws Failure that points at what is wrong */
export function readParts (list: unknown, names: ReadonlySet<string>, catalogue: Catalogue): Part[] {
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_PARTS) {
    throw failAt('invalid_request', '/losses', `losses is ${brief(list)}, expected a list of 1 to ${MOST_PARTS} losses`)
  }
  const parts = list.map((item, at) => readPart(item, names, catalogue, `/losses/${at}`))
  const used = new Set(parts.flatMap(({ slots }) => [...slots.values()]))
  const idle = [...names].find(name => !used.has(name))
  if (idle !== undefined) throw failAt('invalid_request', `/tensors/${pointerStep(idle)}`, `no loss uses the tensor ${JSON.stringify(idle)}`)
  return parts
}

function readPart (item: unknown, names: ReadonlySet<string>, catalogue: Catalogue, pointer: string): Part {
  const { data, error } = PartSchema.safeParse(item)
  if (error !== undefined) {
    const [issue] = error.issues as [z.core.$ZodIssue]
    const path = [pointer, ...issue.path].join('/')
    throw failAt(issue.code === 'invalid_value' ? 'invalid_option' : 'invalid_request', path, issue.message)
  }
  const { loss, name = loss, coefficient, reduction } = data
  const { loss: _, name: __, coefficient: ___, slots = {}, ...values } = item as z.input<typeof PartSchema>
  const entry = catalogue.find('loss', loss)
  if (entry === undefined) throw failAt('unknown_loss', `${pointer}/loss`, unknownEntry(catalogue, 'loss', loss).message)
  const members = new Map<string, unknown>(Object.entries({ ...values, reduction }))
  return { entry, name, coefficient, slots: namesBySlot(entry, slots, names, pointer), values: members, pointer }
}

function namesBySlot (
  entry: Entry, given: Readonly<Record<string, string>>, names: ReadonlySet<string>, pointer: string
): Map<string, string> {
  for (const [slot, name] of Object.entries(given)) {
    const at = `${pointer}/slots/${pointerStep(slot)}`
    if (!Object.hasOwn(entry.slots, slot)) {
      throw failAt('invalid_request', at, `${entry.id} has no slot ${JSON.stringify(slot)}${hint(slot, Object.keys(entry.slots))}`)
    }
    if (!names.has(name)) throw failAt('invalid_request', at, `there is no tensor ${JSON.stringify(name)}${hint(name, names)}`)
  }
  const named = Object.keys(entry.slots).map((slot): [string, string] => [slot, given[slot] ?? slot])
  return new Map(named.filter(([, name]) => names.has(name)))
}

/**
 * The slots of `part` whose gradients make up those of the tensors `wanted`.
 * @throws Failure when a wanted tensor stands in a slot that has none
 */
export function gradientSlots ({ entry, slots }: Part, wanted: readonly string[]): string[] {
  return [...slots].filter(([slot, name]) => {
    if (!wanted.includes(name) || entry.slots[slot]!.kind === 'index') return false
    if (entry.slots[slot]!.differentiable) return true
    throw failAt('not_differentiable', `/gradients/${wanted.indexOf(name)}`, `${entry.id} is not differentiable in ${slot}, where ${name} stands`)
  }).map(([slot]) => slot)
}

/** A gradient of one part, and what it is multiplied by. */
interface Contribution { readonly tensor: Tensor, readonly factor: number }

/** Contributions to the gradient of each wanted tensor, in the order of the losses. */
export function contributions (
  parts: readonly Part[], outcomes: readonly Outcome[], wanted: readonly string[]
): Map<string, Contribution[]> {
  const found = new Map(wanted.map((name): [string, Contribution[]] => [name, []]))
  parts.forEach(({ slots, coefficient }, at) => {
    for (const [slot, tensor] of outcomes[at]!.gradients) found.get(slots.get(slot)!)!.push({ tensor, factor: coefficient })
  })
  for (const [name, list] of found) {
    if (list.length > 0) continue
    throw new Failure('not_differentiable', `there is no gradient with respect to ${name}: no loss is differentiable in it`,
      [{ pointer: `/gradients/${wanted.indexOf(name)}`, detail: `no loss is differentiable in ${name}` }])
  }
  return found
}

/** Elements to a block, and nanoseconds for one of them and a contribution. */
const BLOCK = 4096
const COST = 3

/** The job that adds contributions up; its one gradient is the sum. */
export function combination (name: string, list: readonly Contribution[], precision: Precision): Job {
  const [{ tensor }] = list as [Contribution]
  const count = sizeOf(tensor.shape)
  const block = Math.max(1, Math.min(BLOCK, count))
  return {
    precision,
    answer: precision,
    operands: [{ slot: name, tensor, code: dtypeInfo(precision).code, map: null, gradient: true }],
    options: [],
    list: list.flatMap(({ tensor, factor }) => [tensor.address, factor]),
    shares: 0,
    kept: null,
    before: [],
    sum: { kernel: 'combine', count, block, extents: [], scratch: 0, cost: block * COST * list.length },
    after: null,
    work: 0,
    shape: [],
    reduction: 'sum',
    divisor: 1,
    none: NaN,
    parts: true,
    upstream: null
  }
}

function brief (value: unknown): string { return Array.isArray(value) ? `a list of ${value.length}` : JSON.stringify(value)?.slice(0, 60) ?? 'missing' }
