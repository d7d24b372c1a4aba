// safetensors files: the header is changed as JSON, its length tells the truth most of the time, and so does the data's.
import { proceed, type Steps } from '../../../src/steps.js'
import { decodeSafetensors } from '../../../src/tensor/decode/safetensors.js'
import { dtypeInfo } from '../../../src/tensor/dtype.js'
import { Desk } from '../desk.js'
import type { Mutator } from '../mutate.js'
import { entriesOf } from '../reference/safetensors.js'
import type { Target } from '../target.js'
import { safetensorsFile, writeSafetensors } from '../../safetensors.js'
import { compare } from './compare.js'

const desk = new Desk()

const one = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) })
const entry = (dtype: string, shape: readonly number[], begin: number, end: number): string =>
  `{"dtype":"${dtype}","shape":[${shape.join()}],"data_offsets":[${begin},${end}]}`

function * read (data: Buffer): Steps<unknown> {
  const address = desk.put(data)
  const tensors = yield * decodeSafetensors(desk, address, data.length)
  return [...tensors].map(([name, { dtype, shape, address: at }]) => [name, dtypeInfo(dtype).safetensors, shape, at - address])
}

/** Another length in front of the header, and another amount of data behind it. */
function mutate (seed: Buffer, pool: readonly Buffer[], mutator: Mutator): Buffer {
  const length = seed.length < 8 ? 0 : Math.min(Number(seed.readBigUInt64LE(0)), seed.length - 8)
  const [header, data] = [seed.subarray(8, 8 + length), seed.subarray(8 + length)]
  const changed = mutator.below(8) === 0 ? header : mutator.mutate(header, pool.map(file => file.subarray(8)))
  const lies = mutator.below(10) === 0
  const file = safetensorsFile(changed, mutator.below(8) === 0 ? data.subarray(mutator.below(data.length + 1)) : data)
  if (lies) file.writeBigUInt64LE(lie(changed.length, mutator))
  const size = mutator.below(12) === 0 ? mutator.below(file.length + 1) : file.length
  return mutator.below(12) === 0 ? Buffer.concat([file, Buffer.alloc(mutator.below(17))]) : file.subarray(0, size)
}

function lie (length: number, mutator: Mutator): bigint {
  const near = BigInt(Math.max(0, length + mutator.below(9) - 4))
  const far = [0n, 1n, 2n, 100_000_000n, 100_000_001n, 2n ** 31n, 2n ** 32n + near, 2n ** 53n, 2n ** 53n + near, 2n ** 63n, 2n ** 64n - 1n]
  return mutator.pick([near, near, BigInt(length) << 8n, ...far])
}

export const safetensors: Target = {
  name: 'safetensors',
  seeds: [
    writeSafetensors({ input: one(1, 2), target: one(3, 4) }),
    writeSafetensors({ a: { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }, b: { shape: [2], data: BigInt64Array.of(0n, 1n) } }),
    safetensorsFile(
      `{"__metadata__":{"made":"here","é":"\\u0000"},"a":${entry('BOOL', [3], 0, 3)},"b":${entry('F64', [], 3, 11)},"c":${entry('BF16', [0, 5], 11, 11)}}   `,
      Buffer.alloc(11)
    ),
    safetensorsFile(`{"b":${entry('U8', [4], 4, 8)},"a":${entry('I32', [1, 1], 0, 4)}}`, Buffer.alloc(8)),
    safetensorsFile('{}', Buffer.alloc(0)),
    safetensorsFile('{ "x" : { "shape" : [ 1 , 2 ] , "data_offsets" : [ 0 , 4 ] , "dtype" : "F16" } }', Buffer.alloc(4)),
    safetensorsFile(`{${Array.from({ length: 20 }, (_, i) => `"t${i}":${entry('I16', [i], i * (i - 1), i * (i + 1))}`).join()}}`,
      Buffer.alloc(380))
  ],
  mutate,
  fuzz: async data => {
    try {
      const expected = (): unknown => [...entriesOf(data)].map(([name, { dtype, shape, begin }]) => [name, dtype, shape, begin])
      return await compare(() => proceed(read(data)), expected)
    } finally {
      desk.clear()
    }
  }
}
