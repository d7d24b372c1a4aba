// Random operands, from a seed: the cases of an entry's oracle give the shapes, its slots the domains. A seed gives the same
// numbers on every machine.
import type { Domain, Entry, Slot } from '../src/catalogue/define.js'
import type { Precision } from '../src/tensor/dtype.js'
import { cosine, exp, log } from './series.js'
import { sizeOf } from './values.js'

/** Classes of labels that no class axis bounds. */
const LABELS = 5

/** A tensor of a request. */
export interface Operand {
  readonly dtype: Precision | 'int64'
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

export type Operands = ReadonlyMap<string, Operand>
export type Shapes = Readonly<Record<string, readonly number[]>>

/** What is not drawn: of a case of an oracle that gives shapes, these. */
export interface Drawn {
  readonly shapes: Shapes
  readonly options?: Readonly<Record<string, unknown>>
}

/** A sequence of random numbers that its seed settles: mulberry32. */
export class Draws {
  #state: number

  constructor (seed: number) { this.#state = seed }

  /** Below 2³², uniform. */
  word (): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** In (0, 1), with 53 bits. */
  uniform (): number { return ((this.word() >>> 5) * 0x4000000 + (this.word() >>> 6) + 0.5) / 0x20000000000000 }

  /** In [0, n), whole. */
  below (n: number): number { return Math.floor(this.uniform() * n) }

  /** Standard normal: Box and Muller. */
  normal (): number { return Math.sqrt(-2 * log(this.uniform())) * cosine(this.uniform()) }

  pick<T> (list: readonly T[]): T { return list[this.below(list.length)]! }
}

/** Values of the real domain. */
export type Real = (draws: Draws) => number

const ordinary: Real = draws => draws.normal() * 2

/** Operands in the shapes given; `real` draws the elements of slots that take any number. */
export function drawOperands (
  entry: Entry, { shapes, options }: Drawn, dtype: Precision, draws: Draws, real = ordinary
): Operands {
  return new Map(Object.entries(entry.slots).filter(([slot]) => slot in shapes).map(([slot, described]) => {
    const shape = shapes[slot]!
    const domain = domainOf(described, shape, shapes.input)
    const data = values(domain, shape, draws, classCount(described, shapes, options), real)
    return [slot, described.kind === 'index' || domain === 'index' ? { dtype: 'int64', shape, data } : rounded({ dtype, shape, data })]
  }))
}

/** A slot that takes either holds probabilities when it has input's shape, else indices. */
function domainOf ({ kind, domain }: Slot, shape: readonly number[], input: readonly number[] | undefined): Domain {
  if (kind !== 'either') return domain
  return String(shape) === String(input) ? 'probability' : 'index'
}

function classCount ({ classesOf }: Slot, shapes: Shapes, options: Drawn['options']): number {
  if (typeof classesOf === 'string') return (options?.[classesOf] as number[] | undefined)?.at(-1) ?? LABELS
  if (classesOf !== undefined) return Math.max(shapes[classesOf[0]]!.at(classesOf[1])!, 1)
  const { input } = shapes
  if (input !== undefined) return Math.max(input.length > 1 ? input[1]! : input[0] ?? 1, 1)
  const asked = Number(options?.num_classes ?? -1)
  return asked > 0 ? Math.min(asked, LABELS) : LABELS
}

function values (domain: Domain, shape: readonly number[], draws: Draws, classes: number, real: Real): number[] {
  const list = (value: () => number) => Array.from({ length: sizeOf(shape) }, value)
  const row = shape.at(-1) ?? 1
  switch (domain) {
    case 'real': return list(() => real(draws))
    case 'positive': return list(() => exp(draws.normal()))
    case 'probability': return list(() => 1 / (1 + exp(-2 * draws.normal())))
    case 'sign': return list(() => draws.normal() < 0 ? -1 : 1)
    case 'binary': return list(() => draws.below(2))
    case 'box': return byRow(list(() => draws.normal()), row, ([x, y, w, h]) => [x!, y!, x! + exp(w!), y! + exp(h!)])
    case 'index': return list(() => draws.below(classes))
    case 'label': return list(() => 1 + draws.below(classes - 2))
    case 'length': return list(() => classes - draws.below(1 + Math.floor(classes / 2)))
    case 'distribution': return byRow(list(() => exp(draws.normal())), row, normalized)
    case 'log_probability': return byRow(list(() => exp(2 * draws.normal())), row, normalized).map(log)
    case 'increasing': return byRow(list(() => exp(draws.normal())), row, running)
  }
}

function byRow (data: readonly number[], length: number, change: (row: readonly number[]) => number[]): number[] {
  const rows = length === 0 ? 0 : data.length / length
  return Array.from({ length: rows }, (_, k) => change(data.slice(k * length, (k + 1) * length))).flat()
}

function normalized (row: readonly number[]): number[] {
  const total = row.reduce((sum, value) => sum + value, 0)
  return row.map(value => value / total)
}

function running (row: readonly number[]): number[] {
  let total = 0
  return row.map(value => (total += value))
}

/** The operand with elements that its dtype holds. */
export function rounded (operand: Operand): Operand {
  return operand.dtype === 'float32' ? { ...operand, data: operand.data.map(Math.fround) } : operand
}

/** Elements of the first operand of a large request: blocks enough for seven threads. */
export const MANY = 200_000
/** Embeddings of a large request whose work grows with their square. */
const PAIRS = 700

/** The shapes with the first slot's leading axis stretched, in all slots that share it. */
export function enlarged (shapes: Shapes, entry: Entry): Shapes {
  const [[slot, first]] = Object.entries(shapes) as [[string, readonly number[]]]
  const lead = first[0]
  if (lead === undefined || sizeOf(first) === 0) return shapes
  const squared = /^\([BM]/.test(entry.slots[slot]!.shape)
  const length = squared ? PAIRS : Math.ceil(MANY / (sizeOf(first) / lead))
  // A slot of fewer axes that broadcasts from the right has another leading axis, though it may be as long.
  const shares = (name: string, shape: readonly number[]): boolean => shape[0] === lead &&
    (shape.length === first.length || shape.length === 1 || entry.slots[name]!.kind !== 'float')
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) =>
    [name, shares(name, shape) ? [length, ...shape.slice(1)] : shape]))
}
