// What decoding works with: the body in the batch memory, the kernels that read text, and room for what it makes.
import { Failure } from '../../errors.js'

import type { Tensor } from '../tensor.js'
import type { Extent, TextKernels } from '../text.js'

/** How a slot's numbers are read: `either` is decided by shape, as PyTorch does for class targets. */
export type Wanted = 'float' | 'index' | 'either'

export interface Source {
  /** The batch memory as bytes. */
  readonly bytes: Uint8Array
  readonly texts: TextKernels
  /** Room for `size` bytes that lives as long as the request; gives its address. */
  readonly room: (size: number) => Promise<number>
}

/** A decoded body: tensors in slots, plain values everywhere else. */
export interface Decoded {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly values: ReadonlyMap<string, unknown>
}

/** Most bytes of a member that is not a tensor: options and lists of names. */
const LONGEST_VALUE = 65536

/** A short text as a string. */
export function textOf (source: Source, { address, from, to }: Extent): string {
  if (to - from > LONGEST_VALUE) {
    throw new Failure('invalid_request', `a name or option is ${to - from} bytes long, expected at most ${LONGEST_VALUE}`)
  }
  return Buffer.from(source.bytes.buffer as ArrayBuffer, address + from, to - from).toString()
}
