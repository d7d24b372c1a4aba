// safetensors → tensors, read strictly: 8 bytes of header length, the header's JSON, then the data without holes,
// overlap or trailing bytes. Tensors are views into the body; nothing is copied.
import { isUtf8 } from 'node:buffer'
import { failAt, Failure } from '../../errors.js'
import type { Steps } from '../../steps.js'
import { fromSafetensors, type DTypeInfo } from '../dtype.js'
import { formatShape, sizeOf, type Shape } from '../shape.js'
import { pointerStep, type Tensor } from '../tensor.js'
import type { Extent, Member } from '../text.js'
import { readMembers, readValue, shapeFrom, type Raw } from './json.js'
import { textOf, type Source } from './source.js'
import { countsAlone } from './strict.js'

const PREFIX = 8
const OPEN = 0x7b
const SPACE = 0x20

interface Entry { readonly name: string, readonly dtype: DTypeInfo, readonly shape: Shape, readonly begin: number, readonly end: number }

/**
 * The tensors in the safetensors file of `size` bytes at `address`, by name.
 * @throws Failure `malformed_binary` that says which rule is broken
 */
export function * decodeSafetensors (source: Source, address: number, size: number): Steps<Map<string, Tensor>> {
  const header = readHeader(source, address, size)
  const members = yield * readHeaderMembers(source, header)
  const data = address + header.to
  const entries: Entry[] = []
  for (const [name, raw] of members) {
    if (name === '__metadata__') yield * checkMetadata(source, raw)
    else entries.push(yield * readEntry(source, name, raw))
  }
  checkOffsets(entries, size - header.to)
  return new Map(entries.map(({ name, dtype, shape, begin }) =>
    [name, { dtype: dtype.name, shape, address: data + begin, form: 'nested', pointer: `/${pointerStep(name)}` }]))
}

/** Where the header ends of a file at `address` of which `size` bytes are there: those that say it, or itself. */
export function headerEnd ({ bytes }: Pick<Source, 'bytes'>, address: number, size: number): number {
  return size < PREFIX ? PREFIX : PREFIX + lengthAt(bytes, address)
}

function lengthAt (bytes: Buffer, address: number): number {
  const view = new DataView(bytes.buffer, address, PREFIX)
  return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32
}

/** The header's extent, counted from the start of the file. */
function readHeader (source: Source, address: number, size: number): Extent {
  if (size < PREFIX) throw broken(`the file has ${size} bytes, expected at least ${PREFIX}`)
  const length = lengthAt(source.bytes, address)
  const { safetensorsHeaderLimit: most } = source.limits
  if (length > most) throw broken(`the header has ${length} bytes, expected at most ${most}`)
  if (PREFIX + length > size) throw broken(`the header has ${length} bytes, but only ${size - PREFIX} follow`)
  if (source.bytes[address + PREFIX] !== OPEN || length === 0) throw broken('the header does not start with {')
  let to = PREFIX + length
  while (source.bytes[address + to - 1] === SPACE) to--
  if (source.bytes[address + to - 1] !== 0x7d) throw broken('the header does not end with } and spaces')
  if (!isUtf8(source.bytes.slice(address + PREFIX, address + to))) throw broken('the header is not UTF-8')
  return { address, from: PREFIX, to: PREFIX + length }
}

function * readEntry (source: Source, name: string, raw: Raw): Steps<Entry> {
  const entry = (yield * readHeaderValue(source, raw)) as Record<string, unknown> | null
  const fields = entry !== null && typeof entry === 'object' ? Object.keys(entry).sort().join() : ''
  if (fields !== 'data_offsets,dtype,shape') throw broken(`tensor ${name}: expected exactly dtype, shape and data_offsets`, raw)
  const { dtype, shape: lengths, data_offsets: offsets } = entry!
  const known = typeof dtype === 'string' ? fromSafetensors(dtype) : undefined
  if (known === undefined) throw broken(`tensor ${name}: dtype ${JSON.stringify(dtype)} is not offered`, raw)
  const shape = shapeFrom(source, lengths, JSON.stringify(lengths), `${raw.pointer}/shape`)
  if (!isOffsets(offsets)) throw broken(`tensor ${name}: data_offsets ${JSON.stringify(offsets)} are not [begin, end]`, raw)
  if (!countsAlone(textOf(source, raw.value))) {
    throw failAt('malformed_tensor', raw.pointer, `tensor ${name}: its numbers are not written with digits alone`)
  }
  checkSize(name, known, shape, offsets, raw)
  return { name, dtype: known, shape, begin: offsets[0], end: offsets[1] }
}

function isOffsets (value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(offset => Number.isSafeInteger(offset) && offset >= 0) &&
    (value[0] as number) <= (value[1] as number)
}

function checkSize (name: string, dtype: DTypeInfo, shape: Shape, [begin, end]: [number, number], raw: Raw): void {
  const bytes = sizeOf(shape) * dtype.bytes
  if (bytes !== end - begin) {
    throw broken(`tensor ${name}: ${dtype.safetensors} of shape ${formatShape(shape)} takes ${bytes} bytes, data_offsets hold ${end - begin}`, raw)
  }
}

/** Sorted by offset, every tensor must start where the one before ends, and the last end where the file does. */
function checkOffsets (entries: readonly Entry[], size: number): void {
  let end = 0
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end) {
      throw broken(`tensor ${entry.name}: its data begins at ${entry.begin}, expected ${end}: holes and overlaps are not allowed`)
    }
    end = entry.end
  }
  if (end !== size) throw broken(`the tensors end at ${end}, the data at ${size}`)
}

function * checkMetadata (source: Source, raw: Raw): Steps<void> {
  const members = yield * readHeaderMembers(source, raw.value, raw.pointer)
  for (const member of members.values() as Iterable<Member & Raw>) {
    if (member.kind !== 'string') throw broken('__metadata__ holds something else than strings', member)
  }
}

function * readHeaderValue (source: Source, { value, pointer }: Raw): Steps<unknown> {
  try {
    return yield * readValue(source, value, pointer)
  } catch (error) {
    throw asBinary(error)
  }
}

function * readHeaderMembers (source: Source, text: Extent, pointer?: string): Steps<Map<string, Raw>> {
  try {
    return yield * readMembers(source, text, pointer)
  } catch (error) {
    throw asBinary(error)
  }
}

/** The header is JSON, but to the caller it is the file that is broken. */
function asBinary (error: unknown): unknown {
  return error instanceof Failure && error.code !== 'busy'
    ? new Failure('malformed_binary', `the header: ${error.message}`, error.issues)
    : error
}

function broken (detail: string, raw?: Raw): Failure {
  return new Failure('malformed_binary', detail, raw === undefined ? [] : [{ pointer: raw.pointer, detail }])
}
