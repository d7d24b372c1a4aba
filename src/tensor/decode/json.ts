// JSON → tensors and values. Texts of numbers go to the kernels; only short members become JavaScript values.
import { failAt, Failure } from '../../errors.js'
import * as layout from '../../kernels/layout.js'
import { DTYPES, dtypeInfo, type DType, type Precision } from '../dtype.js'
import { all, type Steps } from '../../steps.js'
import { countedSize, formatShape, isCount, sameShape, sizeOf, type Shape } from '../shape.js'
import { pointerStep, type Tensor } from '../tensor.js'
import { TextFault, type Extent, type Member } from '../text.js'
import { textOf, type Decoded, type Source, type Wanted } from './source.js'
import { countsAlone, refuseLoose } from './strict.js'

/** A member of the body that has not been read yet. */
export interface Raw extends Member { readonly pointer: string }

type Numbers = 'float64' | 'float32' | 'int64'

/** Members that an object may have: far more than any request needs, far fewer than would hold up others. */
const MOST_MEMBERS = 256

/**
 * The members of the JSON object in `text`, by name.
 * @throws Failure `malformed_json` with line and column, or when it is no object or a name comes twice
 */
export function * readMembers (source: Source, text: Extent, pointer = ''): Steps<Map<string, Raw>> {
  const { kind, members } = yield * readable(source, text, pointer, source.texts.outline(text, MOST_MEMBERS))
  if (kind !== 'object') throw failAt('invalid_request', pointer, `expected a JSON object, got a ${kind}`)
  const named = new Map<string, Raw>()
  for (const { key, value, kind, elements, cuts } of members) {
    const name = yield * readName(source, key!, pointer)
    const own = `${pointer}/${pointerStep(name)}`
    if (named.has(name)) throw failAt('invalid_request', own, `the member ${JSON.stringify(name)} comes twice`)
    named.set(name, { key, value, kind, elements, cuts, pointer: own })
  }
  return named
}

/** A name without its quotes; what is escaped goes the long way. */
function * readName (source: Source, key: Extent, pointer: string): Steps<string> {
  const text = textOf(source, key)
  return PLAIN.test(text) ? text.slice(1, -1) : (yield * readValue(source, key, pointer)) as string
}

const PLAIN = /^"\w+"$/

/** The elements of the JSON list in `raw`, of which there may be `most`. */
export function * readList (source: Source, raw: Raw, most: number): Steps<Raw[]> {
  const { kind, members } = yield * readable(source, raw.value, raw.pointer, source.texts.outline(raw.value, most))
  if (kind !== 'list') throw failAt('invalid_request', raw.pointer, `expected a list, got a ${kind}`)
  return members.map((member, at) => ({ ...member, pointer: `${raw.pointer}/${at}` }))
}

/**
 * Decodes members: those in `wanted` as tensors, in `precision` where they are real numbers; a tensor that is null
 * counts as left out.
 * @throws Failure that points at what cannot be read
 */
export function * decodeMembers (
  source: Source, members: ReadonlyMap<string, Raw>, wanted: ReadonlyMap<string, Wanted>, precision: Precision
): Steps<Decoded> {
  const values = new Map<string, unknown>()
  const operands: [string, Raw, Wanted][] = []
  for (const [name, raw] of members) {
    const kind = wanted.get(name)
    if (kind === undefined) values.set(name, yield * readValue(source, raw.value, raw.pointer))
    else if (!isNull(source, raw)) operands.push([name, raw, kind])
  }
  const raws = new Map(operands.map(([name, raw]) => [name, raw]))
  return { tensors: yield * decodeSlots(raws, wanted, tensorReader(source, precision)), values }
}

/** Reads a tensor as real numbers or as whole ones. */
type Reader = (raw: Raw, whole: boolean) => Steps<Tensor>

/** A reader of real numbers in `precision`. */
export function tensorReader (source: Source, precision: Precision): Reader {
  return (raw, whole) => decodeTensor(source, raw, whole ? 'int64' : precision)
}

/** `read`, but nothing twice. */
export function readingOnce (read: Reader): Reader {
  const real = new Map<Raw, Tensor>()
  const indices = new Map<Raw, Tensor>()
  return (raw, whole) => readOnce(read, whole ? indices : real, raw, whole)
}

function * readOnce (read: Reader, known: Map<Raw, Tensor>, raw: Raw, whole: boolean): Steps<Tensor> {
  const tensor = known.get(raw) ?? (yield * read(raw, whole))
  known.set(raw, tensor)
  return tensor
}

/** The tensors in slots. */
export function * decodeSlots (
  raws: ReadonlyMap<string, Raw>, wanted: ReadonlyMap<string, Wanted>, read: Reader
): Steps<Map<string, Tensor>> {
  const slots = [...raws]
  const decoded = yield * all(slots.map(([name, raw]) => read(raw, wanted.get(name) === 'index')))
  const tensors = new Map(slots.map(([name], at) => [name, decoded[at]!]))
  for (const [name, raw] of slots) {
    const kind = wanted.get(name)
    if (typeof kind !== 'function') continue
    tensors.set(name, yield * decide(raw, tensors.get(name)!, kind(slot => tensors.get(slot)?.shape), read))
  }
  return tensors
}

/** A target of another shape than that of real numbers holds whole numbers: it is read again, exactly. */
function * decide (raw: Raw, tensor: Tensor, real: Shape | undefined, read: Reader): Steps<Tensor> {
  if (real === undefined || sameShape(tensor.shape, real)) return tensor
  if (dtypeInfo(tensor.dtype).kind === 'integer' || tensor.form === 'whole') return tensor
  return yield * read(raw, true)
}

/** A short member as a JavaScript value. Bare NaN and infinities become the numbers they name. */
export function * readValue (source: Source, text: Extent, pointer: string): Steps<unknown> {
  const literal = textOf(source, text)
  if (/^(?:NaN|-?Infinity)$/.test(literal)) return Number(literal)
  const value = parsed(literal)
  if (value === undefined) throw yield * misplaced(source, text, pointer, text.from, `${literal.slice(0, 40)} is not valid JSON`)
  refuseLoose(literal, value, pointer)
  return value
}

function parsed (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isNull (source: Source, raw: Raw): boolean {
  return raw.kind === 'literal' && textOf(source, raw.value) === 'null'
}

/** A tensor in one of its three forms. */
function * decodeTensor (source: Source, raw: Raw, dtype: Numbers): Steps<Tensor> {
  if (raw.kind === 'object') return yield * decodeObject(source, raw, dtype)
  if (raw.kind === 'literal') throw failAt('malformed_tensor', raw.pointer, `${textOf(source, raw.value)} is no tensor`)
  const { shape, address } = yield * readNumbers(source, raw, dtype)
  return { dtype, shape, address, form: 'nested', pointer: raw.pointer }
}

function * readNumbers (source: Source, raw: Raw, dtype: Numbers): Steps<Pick<Tensor, 'dtype' | 'shape' | 'address'>> {
  const capacity = raw.kind === 'list' ? raw.elements : 1
  const address = yield * source.room(capacity * dtypeInfo(dtype).bytes)
  const shape = yield * readable(source, raw.value, raw.pointer, source.texts.numbers(raw.value, dtype, address, capacity, raw.cuts))
  return { dtype, shape, address }
}

/** `{shape, data}` with numbers, or `{shape, dtype, data}` with base64. */
function * decodeObject (source: Source, raw: Raw, dtype: Numbers): Steps<Tensor> {
  const members = yield * readMembers(source, raw.value, raw.pointer)
  for (const [name, { pointer }] of members) {
    if (!['shape', 'dtype', 'data'].includes(name)) {
      throw failAt('invalid_request', pointer, `a tensor has the members shape, dtype and data, not ${JSON.stringify(name)}`)
    }
  }
  const data = members.get('data')
  const shape = yield * readShape(source, raw, members.get('shape'))
  if (data === undefined) throw failAt('malformed_tensor', `${raw.pointer}/data`, 'data is missing')
  const declared = yield * readDtype(source, members.get('dtype'))
  return data.kind === 'string'
    ? yield * decodeBase64(source, raw, data, shape, declared)
    : yield * decodeFlat(source, raw, data, shape, numbersAs(declared, dtype, raw))
}

/** What numbers of a declared dtype are read as: narrower types come as base64, where they are what they say. */
function numbersAs (declared: DType | null, otherwise: Numbers, { pointer }: Raw): Numbers {
  if (declared === null) return otherwise
  if (declared === 'float64' || declared === 'float32' || declared === 'int64') return declared
  throw failAt('malformed_tensor', `${pointer}/dtype`, `dtype is ${declared}, expected float64, float32 or int64 for plain numbers; others come as base64`)
}

function * decodeFlat (source: Source, raw: Raw, data: Raw, shape: Shape, dtype: Numbers): Steps<Tensor> {
  const numbers = yield * readNumbers(source, data, dtype)
  if (numbers.shape.length !== 1 || numbers.shape[0] !== sizeOf(shape)) {
    throw failAt('malformed_tensor', data.pointer,
      `data has shape ${formatShape(numbers.shape)}, expected [${sizeOf(shape)}], the elements of shape ${formatShape(shape)}`)
  }
  return { ...numbers, shape, form: 'flat', pointer: raw.pointer }
}

function * decodeBase64 (source: Source, raw: Raw, data: Raw, shape: Shape, dtype: DType | null): Steps<Tensor> {
  if (dtype === null) throw failAt('malformed_tensor', `${raw.pointer}/dtype`, 'dtype is missing; base64 data needs one')
  const expected = sizeOf(shape) * dtypeInfo(dtype).bytes
  const text = { ...data.value, from: data.value.from + 1, to: data.value.to - 1 }
  const most = Math.floor((text.to - text.from) / 4) * 3
  const address = yield * source.room(most)
  const size = yield * readable(source, text, data.pointer, source.texts.base64(text, address, most))
  if (size !== expected) {
    throw failAt('malformed_tensor', data.pointer, `data has ${size} bytes, expected ${expected} for ${dtype} of shape ${formatShape(shape)}`)
  }
  return { dtype, shape, address, form: 'whole', pointer: raw.pointer }
}

function * readShape (source: Source, { pointer }: Raw, raw: Raw | undefined): Steps<Shape> {
  if (raw === undefined) throw failAt('malformed_tensor', `${pointer}/shape`, 'shape is missing')
  const value = yield * readValue(source, raw.value, raw.pointer)
  return shapeFrom(source, value, textOf(source, raw.value), raw.pointer)
}

/** `value`, which came as `text` or in it, as a shape. @throws Failure when kernels cannot walk it, or count its elements */
export function shapeFrom ({ limits }: Source, value: unknown, text: string, pointer: string): Shape {
  if (!Array.isArray(value) || value.length > limits.rankLimit || !value.every(isCount) || !countsAlone(text)) {
    const came = text.length > 60 ? `${text.slice(0, 60)}…` : text
    throw failAt('malformed_tensor', pointer,
      `shape is ${came}, expected a list of at most ${limits.rankLimit} whole numbers below 2^32, written with digits alone`)
  }
  if (countedSize(value) === null) throw failAt('malformed_tensor', pointer, `shape ${formatShape(value)} has too many elements`)
  return value
}

function * readDtype (source: Source, raw: Raw | undefined): Steps<DType | null> {
  if (raw === undefined) return null
  const name = yield * readValue(source, raw.value, raw.pointer)
  if (!DTYPES.has(name as DType)) {
    throw failAt('malformed_tensor', raw.pointer, `dtype is ${JSON.stringify(name)}, expected one of ${[...DTYPES.keys()].join(', ')}`)
  }
  return name as DType
}

/** Waits for a reading kernel; what it found wrong becomes a failure with its place in words. */
function * readable<T> (source: Source, text: Extent, pointer: string, reading: Steps<T>): Steps<T> {
  try {
    return yield * reading
  } catch (error) {
    if (!(error instanceof TextFault)) throw error
    throw yield * explain(source, text, pointer, error)
  }
}

function * explain (source: Source, text: Extent, pointer: string, fault: TextFault): Steps<Failure> {
  const { status, position, path, expected, met } = fault
  const at = [pointer, ...path].join('/')
  if (status === layout.TEXT_MALFORMED || status === layout.TEXT_ENDED) return yield * malformed(source, text, pointer, fault)
  if (status === layout.TEXT_NESTED) {
    return yield * misplaced(source, text, pointer, position, `lists and objects are nested more than ${source.limits.jsonDepth} deep`)
  }
  if (status === layout.TEXT_NO_ROOM) return failAt('invalid_request', pointer, `there are ${met} members, expected at most ${expected}`)
  const details: Readonly<Record<number, string>> = {
    [layout.TEXT_RAGGED]: raggedness(source.bytes[text.address + position]!, expected, met),
    [layout.TEXT_NOT_A_NUMBER]: 'expected a number, or "NaN", "Infinity", "-Infinity"',
    [layout.TEXT_NOT_AN_INTEGER]: 'expected a whole number',
    [layout.TEXT_OUT_OF_RANGE]: 'the whole number is beyond 64 bits',
    [layout.TEXT_TOO_DEEP]: `lists are nested more than ${source.limits.rankLimit} deep`,
    [layout.TEXT_NOT_BASE64]: `it is not base64 at character ${position - text.from}`
  }
  return failAt('malformed_tensor', at, details[status] ?? 'it cannot be read')
}

/** What breaks the rectangle: the byte there tells whether it is a list's length, a list, or a number. */
function raggedness (byte: number, expected: number, met: number): string {
  if (byte === 0x5d) return `the list has ${met} elements, expected ${expected} as in its sisters`
  return byte === 0x5b ? 'a list stands among numbers' : 'a number stands among lists'
}

function * malformed (source: Source, text: Extent, pointer: string, { status, position }: TextFault): Steps<Failure> {
  const came = status === layout.TEXT_ENDED || position >= text.to
    ? 'the text ends too early'
    : `unexpected ${JSON.stringify(String.fromCharCode(source.bytes[text.address + position]!))}`
  return yield * misplaced(source, text, pointer, position, came)
}

/** What is wrong with the body's text, with line and column. */
function * misplaced (source: Source, text: Extent, pointer: string, position: number, came: string): Steps<Failure> {
  const { line, column } = yield * source.texts.locate({ ...text, from: 0 }, position)
  return failAt('malformed_json', pointer, `line ${line}, column ${column}: ${came}`)
}
