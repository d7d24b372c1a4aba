// What decoding and encoding ask of the kernels that read and write JSON; the engine answers it.
import type { Steps } from '../steps.js'
import type { Tensor } from './tensor.js'
import type { Shape } from './shape.js'

/** A stretch of text in the batch memory: bytes [from, to) counted from `address`. */
export interface Extent { readonly address: number, readonly from: number, readonly to: number }

export type MemberKind = 'object' | 'list' | 'string' | 'number' | 'literal'

/** A member of an object or a list, found without reading what is inside. */
export interface Member {
  /** The key with its quotes; null in a list. */
  readonly key: Extent | null
  readonly value: Extent
  readonly kind: MemberKind
  /** Elements that the value holds at most, when it is a list of numbers. */
  readonly elements: number
  /** Where it can be cut, when it is a long list. */
  readonly cuts: Cuts | null
}

/** A place from which on the start of a part is looked for, and the flat index of the element there. */
export interface Cut { readonly position: number, readonly first: number }

/** Where a long list can be cut, and the shape that it has if it is rectangular. */
export interface Cuts { readonly shape: Shape, readonly places: readonly Cut[] }

export interface Outline { readonly kind: MemberKind, readonly members: readonly Member[] }

/** What is wrong with a text, and where. */
export class TextFault extends Error {
  constructor (
    readonly status: number, readonly position: number,
    readonly path: readonly number[] = [], readonly expected = 0, readonly met = 0
  ) {
    super(`text fault ${status} at ${position}`)
    this.name = 'TextFault'
  }
}

export type NonFinite = 'string' | 'token' | 'null' | 'error'

/** Room for `size` bytes that lives as long as the request; gives its address. */
export type Room = (size: number) => Steps<number>

export interface TextKernels {
  /** The direct members of the object or list in `text`, of which there may be `most`. @throws TextFault */
  outline (text: Extent, most: number): Steps<Outline>
  /** Reads nested numbers to `to`, room for `capacity` elements; gives their shape. @throws TextFault */
  numbers (text: Extent, dtype: 'float64' | 'float32' | 'int64', to: number, capacity: number, cuts: Cuts | null): Steps<Shape>
  /** Decodes base64 to `to`; gives the number of bytes. @throws TextFault */
  base64 (text: Extent, to: number, capacity: number): Steps<number>
  /** Line and column of a byte, from 1. */
  locate (text: Extent, position: number): Steps<{ line: number, column: number }>
  /** Writes `tensor` into memory that `room` gives, and emits the pieces of its text in order. @throws TextFault in mode `error` */
  print (tensor: Tensor, nonFinite: NonFinite, room: Room, emit: (text: Extent) => void): Steps<void>
}

/** How much decoding takes. */
export interface Limits {
  /** Lists and objects inside each other. */
  readonly jsonDepth: number
  /** Dimensions of a tensor. */
  readonly rankLimit: number
  /** Bytes. */
  readonly safetensorsHeaderLimit: number
}

/** What decoding and encoding work with. */
export interface Workspace {
  /** The batch memory as bytes. */
  readonly bytes: Buffer
  readonly texts: TextKernels
  readonly limits: Limits
  /** Room for `size` bytes that lives as long as the request; gives its address. */
  room (size: number): Steps<number>
}
