// An evaluation in each form that the service reads, with the same bits in all of them.
import type { Precision } from '../src/tensor/dtype.js'
import type { Operand, Operands } from './draw.js'
import { writeSafetensors, type Typed } from './safetensors.js'
import { sizeOf } from './values.js'

/** What to evaluate. */
export interface Request {
  readonly operands: Operands
  /** Options, reduction, gradients. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly dtype: Precision
}

/** What to send. */
export interface Sent {
  readonly query: string
  readonly type: string
  readonly body: Buffer
}

export type Form = 'nested' | 'flat' | 'base64' | 'safetensors'
export const FORMS: readonly Form[] = ['nested', 'flat', 'base64', 'safetensors']

/** The request in one form. */
export function write (request: Request, form: Form): Sent {
  return form === 'safetensors' ? binary(request) : json(request, TEXTS[form])
}

const TEXTS: Readonly<Record<Exclude<Form, 'safetensors'>, (operand: Operand) => string>> = {
  nested: operand => sizeOf(operand.shape) === 0 ? TEXTS.flat(operand) : nest(operand.shape, operand.data.map(text)),
  flat: ({ shape, data }) => `{"shape":[${shape.join()}],"data":[${data.map(text).join()}]}`,
  base64: operand => `{"shape":[${operand.shape.join()}],"dtype":"${operand.dtype}","data":"${base64(operand)}"}`
}

function json ({ operands, settings, dtype }: Request, tensor: (operand: Operand) => string): Sent {
  const members = [
    ...[...operands].map(([slot, operand]) => `${JSON.stringify(slot)}:${tensor(operand)}`),
    ...Object.entries({ ...settings, dtype }).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  ]
  return { query: '', type: 'application/json', body: Buffer.from(`{${members.join()}}`) }
}

/** Lists of numbers are written as JSON, because one number alone is none; lists of names with commas. */
function inWords (name: string, value: unknown): string {
  return Array.isArray(value) && name !== 'gradients' ? JSON.stringify(value) : String(value)
}

/** A binary request computes in the dtype it brings; only indices bring none. */
function binary ({ operands, settings, dtype }: Request): Sent {
  const said = [...operands.values()].some(operand => operand.dtype === dtype) ? settings : { ...settings, dtype }
  const query = Object.entries(said).map(([name, value]) => `${name}=${encodeURIComponent(inWords(name, value))}`).join('&')
  const tensors = [...operands].map(([slot, operand]) => [slot, { shape: operand.shape, data: elementsOf(operand) }])
  const body = writeSafetensors(Object.fromEntries(tensors) as Record<string, Typed>)
  return { query: query === '' ? '' : `?${query}`, type: 'application/vnd.safetensors', body }
}

/** JSON keeps the sign of zero and has strings for what is not finite. */
function text (value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  return Object.is(value, -0) ? '-0.0' : String(value)
}

function base64 (operand: Operand): string { return Buffer.from(elementsOf(operand).buffer).toString('base64') }

function nest (shape: readonly number[], texts: readonly string[]): string {
  if (shape.length === 0) return texts[0]!
  const step = texts.length / shape[0]!
  const parts = Array.from({ length: shape[0]! }, (_, k) => nest(shape.slice(1), texts.slice(k * step, (k + 1) * step)))
  return `[${parts.join()}]`
}

function elementsOf ({ dtype, data }: Operand): Typed['data'] {
  if (dtype === 'int64') return BigInt64Array.from(data, BigInt)
  return dtype === 'float32' ? Float32Array.from(data) : Float64Array.from(data)
}
