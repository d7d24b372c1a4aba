// Answers → the format the caller asked for: small texts around numbers that kernels wrote, or views of the batch
// memory itself. Nothing is copied but small answers, whose memory can then be given back at once.
import { failAt } from '../errors.js'
import * as layout from '../kernels/layout.js'
import type { Steps } from '../steps.js'
import { dtypeInfo } from './dtype.js'
import { sizeOf } from './shape.js'
import type { Tensor } from './tensor.js'
import { TextFault, type Extent, type NonFinite, type Workspace } from './text.js'

/** What stands beside tensors. */
export type Scalar = string | number | readonly Scalar[] | { readonly [name: string]: Scalar }

/** What is answered: tensors under their names, and the scalars beside them, in the order they are written. */
export interface Answer {
  /** `loss`, or `output` for a transform. */
  readonly main: { readonly name: string, readonly tensor: Tensor }
  readonly scalars: readonly (readonly [name: string, value: Scalar])[]
  readonly gradients: ReadonlyMap<string, Tensor>
}

/** A part of an answer: text of ASCII characters alone, or bytes where they lie. */
export type Piece = string | Buffer

/** Bytes up to which numbers that were written become a string. */
const SHORT = 4096

/** Where the pieces of an answer go, in order. */
export type Emit = (piece: Piece) => void

/**
 * Emits the answer as JSON, in pieces as they are written.
 * @throws Failure `non_finite` in mode `error`
 */
export function * encodeJson (workspace: Workspace, answer: Answer, nonFinite: NonFinite, emit: Emit): Steps<void> {
  const { main, scalars, gradients } = answer
  emit(`{"${main.name}":`)
  yield * printTensor(workspace, main.tensor, `/${main.name}`, nonFinite, emit)
  let text = ''
  for (const [name, value] of scalars) text += `,"${name}":${scalarText(name, value, nonFinite)}`
  let lead = `${text},"gradients":{`
  for (const [slot, tensor] of gradients) {
    emit(`${lead}${quoted(slot)}:`)
    yield * printTensor(workspace, tensor, `/gradients/${slot}`, nonFinite, emit)
    lead = ','
  }
  emit(gradients.size > 0 ? '}}' : `${text}}`)
}

function * printTensor (workspace: Workspace, tensor: Tensor, pointer: string, nonFinite: NonFinite, emit: Emit): Steps<void> {
  const room = (size: number): Steps<number> => workspace.room(size)
  const pass = ({ address: at, to }: Extent): void => {
    emit(to > SHORT ? view(workspace, at, to) : workspace.bytes.toString('latin1', at, at + to))
  }
  try {
    yield * workspace.texts.print(tensor, nonFinite, room, pass)
  } catch (error) {
    if (!(error instanceof TextFault) || error.status !== layout.TEXT_NOT_FINITE) throw error
    throw failAt('non_finite', pointer, `element ${error.position} of the answer is not finite`)
  }
}

/** A name, which a caller may have chosen, as JSON of ASCII characters alone. */
function quoted (name: string): string {
  return JSON.stringify(name).replaceAll(/[\x7f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function scalarText (name: string, value: Scalar, nonFinite: NonFinite): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map((one: Scalar, at) => scalarText(`${name}/${at}`, one, nonFinite)).join()}]`
  if (typeof value === 'object') {
    return `{${Object.entries(value).map(([key, one]) => `${quoted(key)}:${scalarText(`${name}/${key}`, one as Scalar, nonFinite)}`).join()}}`
  }
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  if (nonFinite === 'error') throw failAt('non_finite', `/${name}`, `${name} is ${value}`)
  return nonFinite === 'null' ? 'null' : nonFinite === 'token' ? String(value) : JSON.stringify(String(value))
}

/**
 * The answer as safetensors, in pieces: tensors widest first, then by name, and the scalars as metadata.
 */
export function encodeSafetensors (workspace: Workspace, { main, scalars, gradients }: Answer): Buffer[] {
  const named: [string, Tensor][] = [[main.name, main.tensor], ...[...gradients].map(([slot, tensor]): [string, Tensor] => [`gradients.${slot}`, tensor])]
  named.sort(([a, x], [b, y]) => dtypeInfo(y.dtype).bytes - dtypeInfo(x.dtype).bytes || (a < b ? -1 : 1))
  let end = 0
  const entries = named.map(([name, tensor]) => {
    const begin = end
    end += bytesOf(tensor)
    return [name, { dtype: dtypeInfo(tensor.dtype).safetensors, shape: tensor.shape, data_offsets: [begin, end] }] as const
  })
  const metadata = Object.fromEntries(scalars.map(([name, value]) => [name, typeof value === 'object' ? scalarText(name, value, 'string') : String(value)]))
  const header = Buffer.from(JSON.stringify(Object.fromEntries([['__metadata__', metadata], ...entries])))
  return [prefixed(header), ...named.map(([, tensor]) => view(workspace, tensor.address, bytesOf(tensor)))]
}

/** The header after its length, padded with spaces so that the data starts at a multiple of 8. */
function prefixed (header: Buffer): Buffer {
  const length = Math.ceil(header.length / 8) * 8
  const bytes = Buffer.alloc(8 + length, ' ')
  bytes.writeBigUInt64LE(BigInt(length))
  header.copy(bytes, 8)
  return bytes
}

function bytesOf (tensor: Tensor): number { return sizeOf(tensor.shape) * dtypeInfo(tensor.dtype).bytes }

function view (workspace: Workspace, address: number, size: number): Buffer {
  return Buffer.from(workspace.bytes.buffer as ArrayBuffer, address, size)
}
