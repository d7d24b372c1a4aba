// Calls the kernels that read and write JSON on texts and arrays of the test's own. Guard bytes lie around whatever
// they may write to, and what they read ends where the memory ends, so that a wide load beyond it traps.
import {
  CUTS_HEAD, CUTS_SIZE, CUT_DISTANCE, CUT_SIZE, F32, F64, I64, MAX_RANK, MEMBER_COMMAS, MEMBER_CUTS, MEMBER_CUT_COUNT,
  MEMBER_KEY_FROM, MEMBER_KEY_TO, MEMBER_KIND, MEMBER_LEVELS, MEMBER_SIZE, MEMBER_VALUE_FROM, MEMBER_VALUE_TO,
  TEXT_ADDRESS, TEXT_CAPACITY, TEXT_COLUMN, TEXT_COUNT, TEXT_CUTS, TEXT_DEPTH, TEXT_DTYPE, TEXT_EXPECTED, TEXT_FIRST,
  TEXT_FROM, TEXT_KIND, TEXT_LAST, TEXT_LINE, TEXT_NON_FINITE, TEXT_OTHER, TEXT_PATH, TEXT_POSITION, TEXT_RANK,
  TEXT_SCRATCH, TEXT_SCRATCH_SIZE, TEXT_SHAPE, TEXT_SIZE, TEXT_STATUS, TEXT_TO, U8
} from '../../src/kernels/layout.js'
import { loadKernels } from '../kernels.js'

export type Numbers = Float64Array | Float32Array | BigInt64Array | Uint8Array

const POISON = 0xA5
const GUARD = 64
const WIDTHS: Record<number, number> = { [F64]: 8, [F32]: 4, [I64]: 8, [U8]: 1 }

/** The text kernels over `megabytes` of memory. */
export function textKernels (megabytes = 16) {
  const { kernels, view, bytes, alloc, reset } = loadKernels(megabytes)
  const guards: number[] = []

  /** Memory between two guards. */
  function guarded (size: number): number {
    const before = alloc(GUARD)
    const address = alloc(size)
    alloc(GUARD)
    bytes.fill(POISON, before, address + size + GUARD)
    guards.push(before, address + size)
    return address
  }

  function intact (): boolean {
    for (const address of guards) {
      for (let i = address; i < address + GUARD; i++) {
        if (bytes[i] !== POISON) return false
      }
    }
    return true
  }

  const u32 = (address: number) => view.getUint32(address, true)
  const list = (address: number, length: number) => Array.from({ length }, (_, i) => u32(address + 4 * i))

  /** A fresh record for `source`, text or numbers, with room for `size` bytes on the other side. */
  function prepare (source: Uint8Array, size: number, sourceField = TEXT_ADDRESS, otherField = TEXT_OTHER) {
    reset()
    guards.length = 0
    const record = guarded(TEXT_SIZE)
    const set = (field: number, value: number) => { view.setUint32(record + field, value, true) }
    const get = (field: number) => u32(record + field)
    set(TEXT_SHAPE, guarded(4 * MAX_RANK))
    set(TEXT_PATH, guarded(4 * MAX_RANK))
    set(TEXT_SCRATCH, guarded(TEXT_SCRATCH_SIZE))
    set(otherField, guarded(size))
    set(sourceField, bytes.length - source.length)
    if (alloc(0) > get(sourceField)) throw new Error('the memory is too small for this test')
    bytes.set(source, get(sourceField))
    return { record, set, get }
  }

  /** A fresh record for a text to read. */
  function prepareText (text: string | Uint8Array, size: number) {
    const source = typeof text === 'string' ? new TextEncoder().encode(text) : text
    const prepared = prepare(source, size)
    prepared.set(TEXT_FROM, 0)
    prepared.set(TEXT_TO, source.length)
    return { ...prepared, source }
  }

  function run (kernel: string, record: number) {
    kernels[kernel]!(record)
    return {
      status: u32(record + TEXT_STATUS),
      count: u32(record + TEXT_COUNT),
      position: u32(record + TEXT_POSITION),
      intact: intact()
    }
  }

  /** The numbers of `text` as `dtype`. */
  function numbers (text: string | Uint8Array, dtype: number = F64, capacity = 100) {
    const { record, set, get } = prepareText(text, capacity * WIDTHS[dtype]!)
    set(TEXT_DTYPE, dtype)
    set(TEXT_CAPACITY, capacity)
    const outcome = run('numbers', record)
    const from = get(TEXT_OTHER)
    const raw = bytes.slice(from, from + Math.min(outcome.count, capacity) * WIDTHS[dtype]!)
    return {
      ...outcome,
      values: arrayOf(raw.buffer, dtype),
      shape: list(get(TEXT_SHAPE), get(TEXT_RANK)),
      path: list(get(TEXT_PATH), Math.min(get(TEXT_DEPTH), MAX_RANK)),
      expected: get(TEXT_EXPECTED)
    }
  }

  /** The numbers of `text`, of this shape, in parts: each starts at [position to look for a comma from, first element]. */
  function numbersInParts (text: string, shape: readonly number[], parts: readonly (readonly [number, number])[], dtype: number = F64) {
    const size = shape.reduce((a, b) => a * b, 1)
    const { record, set, get } = prepareText(text, size * WIDTHS[dtype]!)
    set(TEXT_DTYPE, dtype)
    set(TEXT_CAPACITY, size)
    set(TEXT_RANK, shape.length)
    shape.forEach((length, axis) => { view.setUint32(get(TEXT_SHAPE) + 4 * axis, length, true) })
    const statuses = parts.map(([position, first], i) => {
      set(TEXT_POSITION, position)
      set(TEXT_FIRST, first)
      set(TEXT_LAST, parts[i + 1]?.[1] ?? size)
      return run('numbersPart', record).status
    })
    const from = get(TEXT_OTHER)
    return { statuses, values: arrayOf(bytes.slice(from, from + size * WIDTHS[dtype]!).buffer, dtype), intact: intact() }
  }

  /** The members of `text`, keys and values as they stand there. */
  function outline (text: string | Uint8Array, capacity = 100) {
    const { record, source, set, get } = prepareText(text, capacity * MEMBER_SIZE)
    set(TEXT_CAPACITY, capacity)
    set(TEXT_CUTS, guarded(CUTS_SIZE * (1 + Math.floor(source.length / CUT_DISTANCE))))
    const outcome = run('outline', record)
    const words = (from: number, to: number) => new TextDecoder().decode(source.subarray(from, to))
    const found = outcome.status === 0 ? Math.min(outcome.count, capacity) : 0
    const members = Array.from({ length: found }, (_, i) => {
      const line = get(TEXT_OTHER) + i * MEMBER_SIZE
      return {
        key: words(u32(line + MEMBER_KEY_FROM), u32(line + MEMBER_KEY_TO)),
        value: words(u32(line + MEMBER_VALUE_FROM), u32(line + MEMBER_VALUE_TO)),
        kind: u32(line + MEMBER_KIND),
        commas: u32(line + MEMBER_COMMAS),
        ...cutsAt(line, get(TEXT_ADDRESS))
      }
    })
    return { ...outcome, kind: get(TEXT_KIND), members }
  }

  /** The cuts of a member, if it has any: the lengths on each level, and [place, commas before it]. */
  function cutsAt (line: number, text: number) {
    const cuts = u32(line + MEMBER_CUTS)
    if (cuts === 0) return {}
    const places = Array.from({ length: u32(line + MEMBER_CUT_COUNT) }, (_, i): [number, number] => {
      const [place, before] = list(cuts + CUTS_HEAD + i * CUT_SIZE, 2)
      return [place! - text, before!]
    })
    return { sizes: list(cuts, u32(line + MEMBER_LEVELS)), cuts: places }
  }

  /** The text of `values` in `shape`, or of a part of it. */
  function print (
    values: Numbers, shape: readonly number[], manner = 0, capacity = 64 + values.length * 40, [first, last] = [0, values.length]
  ) {
    const source = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const { record, set, get } = prepare(source, capacity, TEXT_OTHER, TEXT_ADDRESS)
    set(TEXT_DTYPE, dtypeOf(values))
    set(TEXT_FROM, capacity)
    set(TEXT_RANK, shape.length)
    set(TEXT_NON_FINITE, manner)
    set(TEXT_FIRST, first!)
    set(TEXT_LAST, last!)
    shape.forEach((size, axis) => { view.setUint32(get(TEXT_SHAPE) + 4 * axis, size, true) })
    const outcome = run('print', record)
    const from = get(TEXT_ADDRESS)
    const text = outcome.status === 0 ? new TextDecoder().decode(bytes.slice(from, from + outcome.count)) : ''
    return { ...outcome, text }
  }

  /** The bytes that the base64 `text` stands for. */
  function base64 (text: string | Uint8Array, capacity = text.length) {
    const { record, set, get } = prepareText(text, capacity)
    set(TEXT_CAPACITY, capacity)
    const outcome = run('base64', record)
    const from = get(TEXT_OTHER)
    return { ...outcome, bytes: bytes.slice(from, from + Math.min(outcome.count, capacity)) }
  }

  /** Line and column of a byte. */
  function locate (text: string | Uint8Array, position: number) {
    const { record, set, get } = prepareText(text, 0)
    set(TEXT_POSITION, position)
    run('locate', record)
    return { line: get(TEXT_LINE), column: get(TEXT_COLUMN) }
  }

  return { numbers, numbersInParts, outline, print, base64, locate }
}

function arrayOf (buffer: ArrayBufferLike, dtype: number): Numbers {
  if (dtype === I64) return new BigInt64Array(buffer)
  return dtype === F32 ? new Float32Array(buffer) : new Float64Array(buffer)
}

function dtypeOf (values: Numbers): number {
  if (values instanceof Float64Array) return F64
  if (values instanceof Float32Array) return F32
  return values instanceof BigInt64Array ? I64 : U8
}

/** Random numbers below 2^32, the same in every run. */
export function random (seed: number): () => number {
  return () => {
    // Marsaglia, Xorshift RNGs (2003)
    seed ^= seed << 13
    seed ^= seed >>> 17
    seed ^= seed << 5
    return seed >>> 0
  }
}
