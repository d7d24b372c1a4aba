// Requests of every length: each axis of an entry's slots in turn has so many elements, rows, classes or columns, so that every
// way in which a kernel's loops can end is tried.
import type { Entry } from '../../src/catalogue/define.js'
import { comparesSamples } from '../../src/catalogue/shares.js'
import type { Precision } from '../../src/tensor/dtype.js'
import { drawOperands, type Draws, type Drawn, type Operand, type Operands, type Shapes } from '../draw.js'
import { differentiable, isDrawn } from '../evaluations.js'
import type { Request } from '../forms.js'
import { sizeOf, totalOf } from '../values.js'

/** Lengths: those of whole vectors, and everything that can be left over. */
export const LENGTHS: readonly number[] = Array.from({ length: 64 }, (_, length) => length)

/** Elements of all slots above which a case's shapes are not tried. */
const MOST = 400

/** Elements above which a request is not tried. */
const LARGE = 8000

/** A case in which an axis, now of `length`, is to have another length. */
export type Example = Drawn & { readonly length: number }

/** An axis: of a slot the first, the last, or one between; with its cases. */
export interface Axis {
  readonly name: string
  readonly examples: readonly Example[]
}

/** The axes of an entry's slots: those that have one length in a case are one, named by the first slot that has it. */
export function axesOf (entry: Entry): Axis[] {
  const axes = new Map<string, Example[]>()
  for (const example of entry.oracle.cases.filter(isDrawn)) {
    if (totalOf(Object.values(example.shapes)) > MOST) continue
    for (const [length, name] of namesOf(example.shapes)) {
      if (!axes.has(name)) axes.set(name, [])
      axes.get(name)!.push({ ...example, length })
    }
  }
  return [...axes].map(([name, examples]) => ({ name, examples }))
}

function namesOf (shapes: Shapes): Map<number, string> {
  const names = new Map<number, string>()
  for (const [slot, shape] of Object.entries(shapes)) {
    for (const [axis, length] of shape.entries()) {
      if (length > 1 && !names.has(length)) names.set(length, `${slot}, ${placeOf(axis, shape.length)} axis`)
    }
  }
  return names
}

function placeOf (axis: number, rank: number): string { return axis === rank - 1 ? 'last' : axis === 0 ? 'first' : 'inner' }

/** How a request is asked. */
export interface Manner {
  readonly dtype: Precision
  readonly reduction: 'none' | 'mean'
}

/** In an order in which neighbours differ in precision, and in which each comes with each reduction. */
export const MANNERS: readonly Manner[] = [
  { dtype: 'float64', reduction: 'none' },
  { dtype: 'float32', reduction: 'mean' },
  { dtype: 'float64', reduction: 'mean' },
  { dtype: 'float32', reduction: 'none' }
]

/** The case with `length` in place of the axis's own. */
export function resized ({ shapes, options = {}, length: own }: Example, length: number): Required<Drawn> {
  const change = (shape: readonly number[]): number[] => shape.map(size => size === own ? length : size)
  return { shapes: Object.fromEntries(Object.entries(shapes).map(([slot, shape]) => [slot, change(shape)])), options }
}

/** Whether a case has become too large, as where many axes have one length. */
export function isLarge ({ shapes }: Drawn): boolean { return totalOf(Object.values(shapes)) > LARGE }

/** A request of a case, all gradients asked for. */
export function requestOf (entry: Entry, { shapes, options }: Required<Drawn>, manner: Manner, draws: Draws): Request {
  const operands = drawOperands(entry, { shapes, options }, manner.dtype, draws)
  const gradients = differentiable(entry, operands)
  const reduction = entry.kind === 'loss' ? { reduction: manner.reduction } : {}
  return { operands, settings: { ...options, ...reduction, ...gradients.length > 0 && { gradients } }, dtype: manner.dtype }
}

/** The request with another of its tensors in front, so that each in turn is the last. */
export function turned ({ operands, ...rest }: Request, turn: number): Request {
  const all = [...operands]
  const first = turn % Math.max(all.length, 1)
  return { ...rest, operands: new Map([...all.slice(first), ...all.slice(0, first)]) }
}

/** The request with weights and a mask for the entries of a loss of `shape`, or for its samples; null where there are none. */
export function withShares (entry: Entry, request: Request, shape: readonly number[], draws: Draws): Request | null {
  const names = ['sample_weight', 'mask'].filter(slot => slot in entry.slots && !(slot in entry.own))
  if (names.length === 0) return null
  const own = comparesSamples(entry.family) ? [...request.operands.values()][0]!.shape.slice(0, 1) : shape
  const shares: Operands = new Map(names.map((name): [string, Operand] => [name, sharesOf(name, own, request.dtype, draws)]))
  return { ...request, operands: new Map([...request.operands, ...shares]) }
}

function sharesOf (name: string, shape: readonly number[], dtype: Precision, draws: Draws): Operand {
  const draw = (): number => name === 'mask' ? draws.below(2) : draws.below(9) / 4
  const data = Array.from({ length: sizeOf(shape) }, draw)
  return { dtype: name === 'mask' ? 'int64' : dtype, shape, data }
}
