// The kernels that read and print numbers, for numbers-check.py, which asks over stdin and is answered over stdout. A question
// is its kind and the length of what follows, u32 each: 0 a list of numbers as JSON, which comes back as float64 and then
// as float32; 1 float64 and 2 float32, which come back as JSON.
import { readSync, writeSync } from 'node:fs'
import { F32, F64, TEXT_OK } from '../../src/kernels/layout.js'
import { textKernels } from '../kernels/text.js'

const { numbers, print } = textKernels(512)

/** The next `length` bytes of stdin, or null at its end. */
function take (length: number): Buffer | null {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length;) {
    const count = readSync(0, bytes, at, length - at, null)
    if (count === 0) return null
    at += count
  }
  return bytes
}

function give (bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at)
}

function read (text: Buffer, dtype: number): Uint8Array {
  const { status, values, position } = numbers(text, dtype, text.filter(byte => byte === 0x2c).length + 1)
  if (status !== TEXT_OK) throw new Error(`status ${status}: ${text.toString('latin1', position, position + 60)}`)
  return new Uint8Array(values.buffer)
}

function printed (bytes: Buffer, kind: number): Uint8Array {
  const buffer = Uint8Array.from(bytes).buffer
  const values = kind === 1 ? new Float64Array(buffer) : new Float32Array(buffer)
  const { status, text } = print(values, [values.length])
  if (status !== TEXT_OK) throw new Error(`status ${status}`)
  return Buffer.concat([Uint8Array.from(new Uint8Array(Uint32Array.of(text.length).buffer)), Buffer.from(text, 'latin1')])
}

for (let head = take(8); head !== null; head = take(8)) {
  const [kind, bytes] = [head.readUInt32LE(0), take(head.readUInt32LE(4))!]
  if (kind === 0) [F64, F32].forEach(dtype => { give(read(bytes, dtype)) })
  else give(printed(bytes, kind))
}
