// JSON bodies whose members are tensors: real ones, whole ones, and one that its sister decides about.
import { decodeMembers, readMembers } from '../../../src/tensor/decode/json.js'
import type { Wanted } from '../../../src/tensor/decode/source.js'
import { dtypeInfo, type Precision } from '../../../src/tensor/dtype.js'
import { sizeOf } from '../../../src/tensor/shape.js'
import type { Tensor } from '../../../src/tensor/tensor.js'
import { Desk } from '../desk.js'
import { membersOf, readJson, valueOf, type Node } from '../reference/json.js'
import { tensorOf, type Expected } from '../reference/tensors.js'
import type { Target, Verdict } from '../target.js'
import { proceed, type Steps } from '../../../src/steps.js'
import { compare } from './compare.js'

/** real, real; whole; either. */
const WANTED: ReadonlyMap<string, Wanted> = new Map<string, Wanted>([
  ['input', 'float'], ['x', 'float'], ['i', 'index'], ['target', shapeOf => shapeOf('input')]
])

const desk = new Desk()

/** A decoded body as plain data. */
function plain ({ bytes }: Pick<Desk, 'bytes'>, tensors: ReadonlyMap<string, Tensor>, values: ReadonlyMap<string, unknown>): unknown {
  return [...tensors].map(([name, { dtype, shape, address }]) => {
    const size = sizeOf(shape) * dtypeInfo(dtype).bytes
    return [name, dtype, shape, bytes.toString('hex', address, address + size)] as unknown
  }).concat([[...values]])
}

/** What a body should be read as. */
function expected (data: Buffer, precision: Precision): unknown {
  const members = membersOf(readJson(data))
  const tensors = new Map<string, Expected>()
  const values: [string, unknown][] = []
  for (const [name, node] of members) {
    if (!WANTED.has(name)) values.push([name, valueOf(node)])
    else if (!(node.kind === 'word' && node.text === 'null')) tensors.set(name, tensorOf(node, name === 'i' ? 'int64' : precision))
  }
  if (tensors.has('target')) tensors.set('target', decided(members.get('target')!, tensors))
  return [...tensors].map(([name, { dtype, shape, bytes }]) => [name, dtype, shape, bytes.toString('hex')] as unknown).concat([values])
}

/** Class indices, when it does not have the shape of the input. */
function decided (node: Node, tensors: ReadonlyMap<string, Expected>): Expected {
  const [target, input] = [tensors.get('target')!, tensors.get('input')]
  if (input === undefined || target.shape.join() === input.shape.join()) return target
  return target.isBase64 || target.dtype === 'int64' ? target : tensorOf(node, 'int64')
}

function * read (desk: Desk, address: number, size: number, precision: Precision): Steps<unknown> {
  const members = yield * readMembers(desk, { address, from: 0, to: size })
  const { tensors, values } = yield * decodeMembers(desk, members, WANTED, precision)
  return plain(desk, tensors, values)
}

/** Reads `data` in a precision that its length decides. */
export async function decoded (desk: Desk, data: Buffer): Promise<Verdict> {
  try {
    const precision = data.length % 2 === 0 ? 'float64' : 'float32'
    const address = desk.put(data)
    return await compare(() => proceed(read(desk, address, data.length, precision)), () => expected(data, precision))
  } finally {
    desk.clear()
  }
}

export const tensors: Target = {
  name: 'tensors',
  seeds: [
    '{"input": [[1.5, -2, 0.1], [3e2, 4E-2, 5]], "target": [0, 2]}',
    '{"input": [1, 2.25, null, NaN, "Infinity", -Infinity], "target": [1, 0, 1, 0, 1, 0.5]}',
    '{"input": {"shape": [2, 2], "data": [1, 2, 3, 4]}, "i": {"shape": [2], "dtype": "int64", "data": [9007199254740993, -1]}}',
    '{"input":{"shape":[2],"dtype":"float32","data":"AACAPwAAAEA="},"x":{"shape":[1],"dtype":"float64","data":"AAAAAAAA8D8="},"i":{"shape":[3],"dtype":"uint8","data":"AQID"}}',
    '{"x": 0.1, "i": [9223372036854775807, -9223372036854775808, 1.0, 1e2, true, false], "input": []}',
    '{"input": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], "target": [[1, 0], [0, 1]], "reduction": "none", "gradients": ["input"]}',
    '{"x":[3.4028235677973366e38,7.006492321624085e-46,1.00000017881393432617187500,16777217,0.1000000000000000055511151231257827]}',
    `{"input":[${Array.from({ length: 40 }, (_, i) => (Math.sin(i) * 10 ** (i % 7)).toString()).join()}],"i":[${Array.from({ length: 40 }, (_, i) => i * i * i * 977).join()}]}`,
    `{"x": [${Array.from({ length: 12 }, (_, i) => `\n  [${i}, ${i / 8}, -${i}.5e-${i}]`).join()}]}`,
    '{"i": [[1], [2]], "input": {"data": [0], "shape": [1, 1]}, "target": null}'
  ].map(text => Buffer.from(text)),
  fuzz: async data => await decoded(desk, data)
}
