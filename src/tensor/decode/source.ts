// What decoding works with and what it gives: values and tensors by the names of members.
import { Failure } from '../../errors.js'
import type { Shape } from '../shape.js'
import type { Tensor } from '../tensor.js'
import type { Extent, Workspace } from '../text.js'
import { utf8 } from './strict.js'

/** Where a body is decoded. */
export type Source = Workspace

/** How a slot's numbers are read; where shapes decide, as they do in PyTorch for class targets, the one that means real numbers. */
export type Wanted = 'float' | 'index' | RealShape

/** From the shapes of other slots, undefined for those that did not come. */
export type RealShape = (shapeOf: (slot: string) => Shape | undefined) => Shape | undefined

/** A decoded body: tensors in slots, plain values everywhere else. */
export interface Decoded {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly values: ReadonlyMap<string, unknown>
}

/** Most bytes of a member that is not a tensor: options and lists of names. */
const LONGEST_VALUE = 65536

/** A short text as a string. @throws Failure when it is long, or no UTF-8 */
export function textOf (source: Source, { address, from, to }: Extent): string {
  if (to - from > LONGEST_VALUE) {
    throw new Failure('invalid_request', `a name or option is ${to - from} bytes long, expected at most ${LONGEST_VALUE}`)
  }
  const text = utf8(source.bytes, address + from, address + to)
  if (text === null) throw new Failure('malformed_json', `the name or option at byte ${from} is not UTF-8`)
  return text
}
