// Applies the kernels' functions for accuracy.py. A request on stdin is five u32: 0 for arguments that follow as
// float64, or 1 for those that are counted up as the bits of float32; the function's number; its precision (32, 64, or
// 4 for four lanes); the first bits; how many. The answer on stdout is the results: float64 to float64, else float32.
import { readSync, writeSync } from 'node:fs'
import { loadKernels } from '../kernels.js'

const kernels = loadKernels(64)
const { buffer } = kernels.memory

for (;;) {
  const header = new Uint32Array(5)
  if (!fill(header)) break
  const [counted, id, precision, from, count] = header as unknown as [number, number, number, number, number]
  kernels.reset()
  const floats = new Float32Array(buffer, kernels.alloc(count * 4), count)
  const first = new Float64Array(buffer, kernels.alloc(count * 8), count)
  const results = new Float64Array(buffer, kernels.alloc(count * 8), count)
  const record = new Uint32Array(buffer, kernels.alloc(20), 5)
  if (counted === 1) {
    const bits = new Uint32Array(buffer, floats.byteOffset, count)
    for (let i = 0; i < count; i++) bits[i] = from + i
    first.set(floats)
  } else if (!fill(first)) break
  if (precision === 4) {
    const answers = new Float32Array(buffer, results.byteOffset, count)
    record.set([id, count, floats.byteOffset, answers.byteOffset, kernels.alloc(count * 4)])
    new Uint8Array(buffer, record[4]!, count * 4).fill(0)
    kernels.kernels.probeFour!(record.byteOffset)
    send(answers)
  } else {
    record.set([id, count, first.byteOffset, results.byteOffset, first.byteOffset])
    kernels.kernels[precision === 32 ? 'probe_f32' : 'probe_f64']!(record.byteOffset)
    send(precision === 32 ? Float32Array.from(results) : results)
  }
}

/** Reads until `array` is full; false where stdin ends. */
function fill (array: Uint32Array | Float64Array): boolean {
  const bytes = Buffer.alloc(array.byteLength)
  for (let at = 0; at < bytes.length;) {
    const read = readSync(0, bytes, at, bytes.length - at, null)
    if (read === 0) return false
    at += read
  }
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes)
  return true
}

function send (array: Float32Array | Float64Array): void {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength)
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at)
}
