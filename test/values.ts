// Tensors as JSON writes them, and as flat rows of numbers.

/** A tensor in JSON; non-finite numbers are strings. `at` names the elements that were kept of a large one. */
export type Nested = number | string | readonly Nested[] | Flat
interface Flat { readonly shape: readonly number[], readonly data: readonly Nested[], readonly at?: readonly number[] }

/** A tensor's elements, row-major. */
export interface Values {
  readonly shape: readonly number[]
  readonly data: readonly number[]
  /** The places of `data` when it holds only some of the elements. */
  readonly at: readonly number[] | null
}

/** Reads either form. */
export function valuesOf (nested: Nested): Values {
  if (isFlat(nested)) return { shape: nested.shape, data: nested.data.map(Number), at: nested.at ?? null }
  return { shape: shapeOf(nested), data: flatten(nested), at: null }
}

/** The elements alone. */
export function numbersOf (nested: Nested | undefined): readonly number[] {
  if (nested === undefined) throw new Error('the answer lacks a tensor')
  return valuesOf(nested).data
}

function isFlat (nested: Nested): nested is Flat { return typeof nested === 'object' && 'data' in nested }

function shapeOf (nested: Nested): number[] {
  if (!Array.isArray(nested)) return []
  return [nested.length, ...(nested.length > 0 ? shapeOf(nested[0] as Nested) : [])]
}

function flatten (nested: Nested): number[] {
  return Array.isArray(nested) ? (nested as Nested[]).flatMap(flatten) : [Number(nested)]
}

/** The tensor as the service reads it with numbers in one row. */
export function flat ({ shape, data }: Pick<Values, 'shape' | 'data'>) {
  return { shape, data: data.map(value => Number.isFinite(value) ? value : String(value)) }
}

/** Elements of several tensors together. */
export function totalOf (shapes: readonly (readonly number[])[]): number {
  return shapes.reduce((total, shape) => total + sizeOf(shape), 0)
}

/** Product of the lengths. */
export function sizeOf (shape: readonly number[]): number { return shape.reduce((size, length) => size * length, 1) }

/** The rows of a tensor, along its first axis, that `keep` keeps. */
export function keepRows<T extends Pick<Values, 'shape' | 'data'>> (tensor: T, keep: (row: number) => boolean): T {
  const length = sizeOf(tensor.shape.slice(1))
  const rows = Array.from({ length: tensor.shape[0]! }, (_, row) => row).filter(keep)
  const data = rows.flatMap(row => tensor.data.slice(row * length, (row + 1) * length))
  return { ...tensor, shape: [rows.length, ...tensor.shape.slice(1)], data }
}

/** The tensor with `bad` in the rows that `keep` does not keep. */
export function spoilRows<T extends Pick<Values, 'shape' | 'data'>> (tensor: T, keep: (row: number) => boolean, bad: number): T {
  const length = sizeOf(tensor.shape.slice(1))
  return { ...tensor, data: tensor.data.map((value, at) => keep(Math.floor(at / length)) ? value : bad) }
}
