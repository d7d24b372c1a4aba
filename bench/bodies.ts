// Requests as the bytes that go over the wire: head and body in one buffer, made before anything is measured.

/** A tensor of a request. */
export interface Operand {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array | BigInt64Array
}

export type Operands = Readonly<Record<string, Operand>>

/** The media type of safetensors bodies and answers. */
export const SAFETENSORS = 'application/vnd.safetensors'

/** A stream of numbers that look random and are the same every time (xorshift, Marsaglia 2003). */
function random (seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** `data` full of what `draw` gives; many times faster than TypedArray.from. */
function filled<T extends Float32Array | Float64Array> (data: T, draw: () => number): T {
  for (let at = 0; at < data.length; at++) data[at] = draw()
  return data
}

function sizeOf (shape: readonly number[]): number { return shape.reduce((size, length) => size * length, 1) }

/** Real numbers from −spread to spread. */
export function reals (shape: readonly number[], seed = 1, spread = 1): Operand & { readonly data: Float32Array } {
  const draw = random(seed)
  return { shape, data: filled(new Float32Array(sizeOf(shape)), () => spread * (2 * draw() - 1)) }
}

/** Real numbers of all 53 bits from −1 to 1. */
export function doubles (shape: readonly number[], seed = 1): Operand & { readonly data: Float64Array } {
  const draw = random(seed)
  return { shape, data: filled(new Float64Array(sizeOf(shape)), () => 2 * (draw() + draw() * 2 ** -32) - 1) }
}

/** Class indices below `classes`. */
export function indices (count: number, classes: number): Operand {
  const draw = random(7)
  return { shape: [count], data: BigInt64Array.from({ length: count }, () => BigInt(Math.floor(draw() * classes))) }
}

/** A POST of `body` written into one buffer by `fill`. */
function post (path: string, headers: readonly string[], size: number, fill: (body: Buffer) => void): Buffer {
  const head = [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', `content-length: ${size}`, ...headers, '', ''].join('\r\n')
  const request = Buffer.allocUnsafeSlow(head.length + size)
  request.write(head, 'latin1')
  fill(request.subarray(head.length))
  return request
}

/** A request whose tensors are nested numbers of so many significant digits. */
export function jsonRequest (path: string, operands: Operands, digits: number, members: object = {}): Buffer {
  const tensors = Object.entries(operands).map(([name, operand]) => `"${name}":${nested(operand, digits)}`)
  const rest = Object.entries(members).map(([name, value]) => `"${name}":${JSON.stringify(value)}`)
  const text = `{${[...tensors, ...rest].join(',')}}`
  return post(path, ['content-type: application/json'], text.length, body => { body.write(text, 'latin1') })
}

function nested ({ shape, data }: Operand, digits: number): string {
  const last = shape.at(-1)!
  const numbers = Array.from(data as Iterable<number | bigint>, value => typeof value === 'bigint' ? String(value) : value.toPrecision(digits))
  if (shape.length === 1) return `[${numbers.join(',')}]`
  const rows = Array.from({ length: shape[0]! }, (_, row) => `[${numbers.slice(row * last, (row + 1) * last).join(',')}]`)
  return `[${rows.join(',')}]`
}

const CODES: Readonly<Record<string, string>> = { Float32Array: 'F32', Float64Array: 'F64', BigInt64Array: 'I64' }

/**
 * A request whose tensors are a safetensors file, laid out as the reference writer does: data from a multiple of 8 on,
 * the widest dtype first, then by name.
 */
export function binaryRequest (path: string, operands: Operands, accept = 'application/json'): Buffer {
  const named = Object.entries(operands).sort(([a, x], [b, y]) =>
    y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT || (a < b ? -1 : 1))
  const header = headerOf(named)
  const arrays = named.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  const size = arrays.reduce((sum, bytes) => sum + bytes.length, 8 + header.length)
  return post(path, [`content-type: ${SAFETENSORS}`, `accept: ${accept}`], size, body => {
    body.writeBigUInt64LE(BigInt(header.length))
    let at = 8 + header.copy(body, 8)
    for (const bytes of arrays) at += bytes.copy(body, at)
  })
}

function headerOf (named: readonly (readonly [string, Operand])[]): Buffer {
  let end = 0
  const entries = named.map(([name, { shape, data }]) => {
    const start = end
    end += data.byteLength
    return [name, { dtype: CODES[data.constructor.name], shape, data_offsets: [start, end] }]
  })
  const text = JSON.stringify(Object.fromEntries(entries))
  return Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8))
}

/** The body of a request. */
export function bodyOf (request: Buffer): Buffer {
  return request.subarray(request.indexOf('\r\n\r\n') + 4)
}
