// A tensor is a view into the batch memory; its elements are never JavaScript values.
import type { DType } from './dtype.js'
import { stridesOf, type Shape } from './shape.js'

export interface Tensor {
  readonly dtype: DType
  readonly shape: Shape
  /** First byte, in the batch memory. */
  readonly address: number
  /** How its elements are pointed at in messages: `nested` /target/1/2, `flat` /target/data/5, `whole` /target. */
  readonly form: 'nested' | 'flat' | 'whole'
  /** JSON pointer of the tensor in the body. */
  readonly pointer: string
}

/** JSON pointer of element `index` (row-major) of `tensor`. */
export function elementPointer (tensor: Tensor, index: number): string {
  if (tensor.form === 'whole') return `${tensor.pointer}/data`
  if (tensor.form === 'flat') return `${tensor.pointer}/data/${index}`
  const path = stridesOf(tensor.shape).map((stride, axis) => Math.floor(index / stride) % tensor.shape[axis]!)
  return [tensor.pointer, ...path].join('/')
}

/** Escapes one step of a JSON pointer (RFC 6901). */
export function pointerStep (key: string): string {
  return /[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}
