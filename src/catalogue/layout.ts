// What a family works out from shapes: how the unreduced loss lies, how its axes walk over each operand, and which
// stages compute it. A family throws a Failure that names the slot when shapes do not agree.
import type { AxisMap, Divisor, Stage } from '../engine/job.js'
import { failAt, type Failure } from '../errors.js'
import {
  broadcastShapes, collapseAxes, formatShape, sameShape, sizeOf, stretchedStrides, type Shape
} from '../tensor/shape.js'
import type { DType, Precision } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'

export interface Layout {
  /** Shape of the unreduced loss. */
  readonly shape: Shape
  /** What batchmean divides by. */
  readonly batch: number
  /** What mean divides by. */
  readonly divisor: Divisor
  /** Whether the request gave the divisor, so that sample weights do not change it. */
  readonly fixedDivisor?: boolean
  /** What a mean over nothing is, when it is not NaN; then nothing has a gradient. */
  readonly none?: number
  /** Slots in the order of the kernel's operands; null where it has one that the loss does not offer. */
  readonly order: readonly (string | null)[]
  /** By slot; null for an operand that lies as the unreduced loss does. */
  readonly maps: Readonly<Record<string, AxisMap | null>>
  readonly before?: readonly Stage[]
  readonly sum: Stage
  /** Left out when the summing stage writes the gradients. */
  readonly after?: readonly Stage[]
  /** Bytes that all stages share. */
  readonly work?: number
  /** Slots of kind `either` that hold indices here. */
  readonly indices?: readonly string[]
  /** Slots that have no gradient here although the entry has one, with the reason. */
  readonly fixed?: Readonly<Record<string, string>>
  /** How sample weights and masks enter (shares.ts), and how many entries are listed as kept (samples.ts). */
  readonly shares?: number
  readonly kept?: number
  /** Entries of a sample, a whole batch apart; left out: one. */
  readonly views?: number
  /** Dtype of the unreduced answer, when it is not the precision. */
  readonly answer?: DType
  /** Whether a mean is sum ÷ divisor, which then stand beside it; left out: it is. */
  readonly parts?: boolean
}

/** A pass that must run first, because the layout depends on a value: its sum and divisor go to `then`. */
export interface Measure {
  readonly measure: Layout
  readonly then: (sum: number, divisor: number) => Layout
}

export type Reduction = 'none' | 'sum' | 'mean' | 'batchmean'

/** What a family is given: the tensors by slot (those left out are absent) and the validated options. */
export interface Given {
  readonly id: string
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly options: Readonly<Record<string, unknown>>
  readonly precision: Precision
  readonly reduction: Reduction
  /** Slots in the order of the entry, with what they must agree with. */
  readonly slots: Readonly<Record<string, { readonly fits: Fit }>>
  /** Slots whose gradients are wanted. */
  readonly gradients: ReadonlySet<string>
  /** Whether a weighted mean divides by the sum of the weights. */
  readonly meanByWeight: boolean
  /** The slot whose first dimension batchmean divides by, when it is not the loss's. */
  readonly batchOf: string | null
}

/** `broadcast`: takes part in the loss's shape; `same`: input's shape; `within`: stretches to it without enlarging it. */
export type Fit = 'broadcast' | 'same' | 'within'

/**
 * Entries to a block when an entry reads `length` elements: about as many elements as stay in the first-level cache, in
 * fours, which kernels take together; at least four where the elements of a row are a `stride` apart and its neighbours
 * lie between them.
 */
export function rowsPerBlock (length: number, stride = 1): number {
  const rows = Math.floor(4096 / Math.max(length, 1))
  if (rows >= 4) return rows - rows % 4
  return stride === 1 ? Math.max(rows, 1) : 4
}

/** Nanoseconds for an element: float32 goes in wider vectors, and needs fewer digits of exp and log. */
export interface Costs { readonly single: number, readonly double: number }

/** What an element costs in the precision that the tensors ask for. */
export function costIn (given: Given, { single, double }: Costs): number {
  return [...given.tensors.values()].some(({ dtype }) => dtype === 'float64') ? double : single
}

/** First dimension, which batchmean divides by; 1 for a scalar. */
export function batchOf (shape: Shape): number { return shape[0] ?? 1 }

/** Shape of the tensor in `slot`. */
export function shapeIn (given: Given, slot: string): Shape { return given.tensors.get(slot)!.shape }

/** A failure about the shape of `slot`. */
export function badShape (given: Given, slot: string, detail: string): Failure {
  const tensor = given.tensors.get(slot)
  const came = tensor === undefined ? '' : ` has shape ${formatShape(tensor.shape)}`
  return failAt('invalid_shape', tensor?.pointer ?? `/${slot}`, `${slot}${came}: ${detail}`)
}

/** The shape that the leading part (all but `tail` axes) of the shapes in `slots` stretches to. */
export function commonShape (given: Given, slots: readonly string[], tail = 0): Shape {
  const [first, ...rest] = slots.filter(slot => given.tensors.has(slot))
  let shape = leading(shapeIn(given, first!), tail)
  for (const slot of rest) {
    const own = leading(shapeIn(given, slot), tail)
    const common = broadcastShapes(shape, own)
    if (common === null) throw badShape(given, slot, `it does not stretch to ${formatShape(shape)}, as ${first!} asks`)
    shape = common
  }
  return shape
}

function leading (shape: Shape, tail: number): Shape { return shape.slice(0, shape.length - tail) }

/** A slot that does not take part in the loss's shape must fit that of the first, input's most often. */
export function checkFit (given: Given, slot: string): void {
  const { fits } = given.slots[slot]!
  const shape = shapeIn(given, slot)
  const [first] = Object.keys(given.slots) as [string]
  const input = shapeIn(given, first)
  if (fits === 'same' && !sameShape(shape, input)) {
    throw badShape(given, slot, `it must have the shape of ${first}, ${formatShape(input)}`)
  }
  if (fits === 'within' && !stretchesTo(shape, input)) {
    throw badShape(given, slot, `it must stretch to the shape of ${first}, ${formatShape(input)}`)
  }
}

/** Whether `shape` stretches to `target`. */
export function stretchesTo (shape: Shape, target: Shape): boolean {
  const common = broadcastShapes(shape, target)
  return common !== null && sameShape(common, target)
}

/** The map of elements: `shape` stretched to `target`; null when it need not be. */
export function elementMap (shape: Shape, target: Shape): AxisMap | null {
  if (sizeOf(shape) === sizeOf(target)) return null
  return { length: 1, stride: 1, stretched: true, axes: collapseAxes(target, stretchedStrides(shape, target)) }
}

/** The map of rows along the last axis: leading axes stretched to `lead`, the row to `length`. */
export function rowMap (shape: Shape, lead: Shape, length: number): AxisMap {
  const own = shape.at(-1)!
  const strides = stretchedStrides(leading(shape, 1), lead).map(stride => stride * own)
  const stride = own === 1 && length !== 1 ? 0 : 1
  const axes = collapseAxes(lead, strides)
  return { length, stride, axes, stretched: stride === 0 || axes.some(([size, step]) => step === 0 && size !== 1) }
}
