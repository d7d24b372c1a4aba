// Reads and writes safetensors files: eight bytes of header length, a JSON header, the tensors' bytes.

/** A tensor to be written: its dtype is that of the elements. */
export interface Typed {
  readonly shape: readonly number[]
  readonly data: Float64Array | Float32Array | BigInt64Array | Int32Array | Uint8Array
}

/** A tensor that was read, with its bytes, little-endian, row-major. */
export interface Packed {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Buffer
}

/** What a file holds. */
export interface Contents {
  readonly tensors: ReadonlyMap<string, Packed>
  readonly metadata: Readonly<Record<string, string>>
}

const CODES: Readonly<Record<string, string>> =
  { Float64Array: 'F64', Float32Array: 'F32', BigInt64Array: 'I64', Int32Array: 'I32', Uint8Array: 'U8' }

interface Header {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [start: number, end: number]
}

/** A file of `tensors`, in their order. */
export function writeSafetensors (tensors: Readonly<Record<string, Typed>>): Buffer {
  let end = 0
  const header = Object.fromEntries(Object.entries(tensors).map(([name, { shape, data }]) => {
    const start = end
    end += data.byteLength
    return [name, { dtype: CODES[data.constructor.name], shape, data_offsets: [start, end] }]
  }))
  const bytes = Object.values(tensors).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  return safetensorsFile(JSON.stringify(header), Buffer.concat(bytes))
}

/** A file with this header before this data, whatever they say. */
export function safetensorsFile (header: string | Buffer, data: Buffer): Buffer {
  const text = Buffer.from(header as string)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, data])
}

/** The tensors and the metadata of a file. */
export function readSafetensors (file: Buffer): Contents {
  const data = 8 + Number(file.readBigUInt64LE(0))
  const { __metadata__: metadata = {}, ...headers } = JSON.parse(file.subarray(8, data).toString()) as
    Record<string, Header> & { __metadata__?: Record<string, string> }
  const tensors = new Map(Object.entries(headers as Record<string, Header>).map(([name, header]) => {
    const { dtype, shape, data_offsets: [start, end] } = header
    return [name, { dtype, shape, bytes: file.subarray(data + start, data + end) }]
  }))
  return { tensors, metadata }
}

/** A text that two files share when their tensors have the same names, dtypes, shapes and bits, in any order. */
export function bitsOf (file: Buffer): string {
  const named = [...readSafetensors(file).tensors].sort(([one], [other]) => one < other ? -1 : 1)
  return named.map(([name, { dtype, shape, bytes }]) => [name, dtype, ...shape, bytes.toString('latin1')].join()).join()
}
