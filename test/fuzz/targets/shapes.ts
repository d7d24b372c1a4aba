// Two shapes, a line each: as text in every format that has one, and in the arithmetic behind.
import { Failure } from '../../../src/errors.js'
import { proceed, type Steps } from '../../../src/steps.js'
import { decodeMembers, readMembers } from '../../../src/tensor/decode/json.js'
import { decodeSafetensors } from '../../../src/tensor/decode/safetensors.js'
import type { Wanted } from '../../../src/tensor/decode/source.js'
import { broadcastShapes, collapseAxes, countedSize, stretchedStrides, type Shape } from '../../../src/tensor/shape.js'
import type { Tensor } from '../../../src/tensor/tensor.js'
import { safetensorsFile } from '../../safetensors.js'
import { Desk } from '../desk.js'
import { Mutator } from '../mutate.js'
import { readJson, Refused, valueOf } from '../reference/json.js'
import { tensorOf } from '../reference/tensors.js'
import type { Target, Verdict } from '../target.js'

const MOST = 4096
const WANTED: ReadonlyMap<string, Wanted> = new Map([['x', 'float']])
const WORDS = [
  '0', '1', '2', '3', '4', '5', '16', '65535', '65536', '65537', '2147483648', '4294967295', '4294967296', '4294967297', '9007199254740993', '1152921504606846978', '18446744073709551616', '-1', '-0', '1.5',
  '1.0', '1e2', '2.00000000000000000001', '1e400', 'NaN', 'null', 'true', '"1"', '[1]', '[]', '01', '+1', ',', '[', ']', ' ', '\n', '0,', '1,', '1,'.repeat(31), '1,'.repeat(32), '1,'.repeat(9999), '4294967295,0', '0,4294967295', ''
]

const desk = new Desk()

/** What each format makes of a shape: the shape, or the code of the refusal. */
async function readings (text: string, count: number): Promise<Record<string, string>> {
  return {
    flat: await reading(() => json(`{"x":{"shape":${text},"data":[${Array(count).fill(1).join()}]}}`)),
    base64: await reading(() => json(`{"x":{"shape":${text},"dtype":"uint8","data":"${Buffer.alloc(count).toString('base64')}"}}`)),
    safetensors: await reading(() => binary(safetensorsFile(`{"x":{"dtype":"U8","shape":${text},"data_offsets":[0,${count}]}}`, Buffer.alloc(count))))
  }
}

function * json (text: string): Steps<ReadonlyMap<string, Tensor>> {
  const address = desk.put(Buffer.from(text, 'latin1'))
  const members = yield * readMembers(desk, { address, from: 0, to: text.length })
  return (yield * decodeMembers(desk, members, WANTED, 'float32')).tensors
}

function binary (file: Buffer): Steps<ReadonlyMap<string, Tensor>> { return decodeSafetensors(desk, desk.put(file), file.length) }

async function reading (read: () => Steps<ReadonlyMap<string, Tensor>>): Promise<string> {
  try {
    return `[${(await proceed(read())).get('x')!.shape.join()}]`
  } catch (error) {
    if (error instanceof Failure && error.status === 400) return error.code
    throw error
  } finally {
    desk.clear()
  }
}

/** The shape that `text` is; null when it is none; undefined when it is no JSON, so that formats have words of their own. */
function shapeOf (text: string): Shape | null | undefined {
  try {
    JSON.parse(text) // which knows no bare tokens
    valueOf(readJson(Buffer.from(text, 'latin1'), 60))
  } catch {
    return undefined
  }
  try {
    return tensorOf(readJson(Buffer.from(`{"shape":${text},"dtype":"uint8","data":""}`, 'latin1')), 'float32').shape
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return error.message.startsWith('other') ? JSON.parse(text) as number[] : null
  }
}

async function checkFormats (text: string): Promise<Shape | null> {
  const shape = shapeOf(text)
  const size = shape === null || shape === undefined ? 0 : shape.reduce((product, length) => product * length, 1)
  const found = await readings(text, size <= MOST ? size : 0)
  const expected = shape === null ? 'malformed_tensor' : shape === undefined ? null : size <= MOST ? `[${shape.join()}]` : undefined
  const isRight = ([format, came]: [string, string]): boolean => expected === null
    ? !came.startsWith('[')
    : came === (expected ?? (format === 'safetensors' ? 'malformed_binary' : 'malformed_tensor'))
  if (Object.entries(found).every(isRight)) return shape ?? null
  throw new Error(`shape ${text.slice(0, 200)} is read as ${JSON.stringify(found).slice(0, 300)}, expected ${expected ?? 'a refusal'}`)
}

/** The broadcast shape by definition, and the places that its elements are read from. */
function checkArithmetic (a: Shape, b: Shape): void {
  const product = a.reduce((product, length) => product * BigInt(length || 1), 1n)
  const counted = product >= 2n ** 32n ? null : a.includes(0) ? 0 : Number(product)
  if (countedSize(a) !== counted) throw new Error(`${JSON.stringify(a)} has ${countedSize(a)} elements, expected ${counted}`)
  const rank = Math.max(a.length, b.length)
  const pad = (shape: Shape): number[] => [...Array<number>(rank - shape.length).fill(1), ...shape]
  const [left, right] = [pad(a), pad(b)]
  const agrees = left.every((length, axis) => length === right[axis] || length === 1 || right[axis] === 1)
  const expected = agrees ? left.map((length, axis) => length === 1 ? right[axis]! : length) : null
  const came = broadcastShapes(a, b)
  if (came?.join() !== expected?.join()) throw new Error(`${JSON.stringify([a, b])} broadcast to ${JSON.stringify(came)}, expected ${JSON.stringify(expected)}`)
  if (came !== null && came.reduce((product, length) => product * length, 1) <= MOST) checkWalk(a, came)
}

function checkWalk (shape: Shape, target: Shape): void {
  const axes = collapseAxes(target, stretchedStrides(shape, target))
  const lengths = [...Array<number>(target.length - shape.length).fill(1), ...shape]
  const count = target.reduce((product, length) => product * length, 1)
  for (let index = 0; index < count; index++) {
    let [rest, place, stride, own] = [index, 0, 1, index]
    for (let axis = target.length - 1; axis >= 0; axis--) {
      if (lengths[axis] !== 1) place += rest % target[axis]! * stride
      rest = Math.floor(rest / target[axis]!)
      stride *= lengths[axis]!
    }
    const walked = axes.reduceRight((sum, [size, step]) => {
      sum += own % size * step
      own = Math.floor(own / size)
      return sum
    }, 0)
    if (walked !== place) throw new Error(`element ${index} of ${JSON.stringify([shape, target])} is read at ${walked}, expected ${place}`)
  }
}

export const shapes: Target = {
  name: 'shapes',
  seeds: ['[2,3]\n[3]', '[1, 4, 1]\n[2,1,5]', '[]\n[1]', '[0,3]\n[1,1]', '[65536,65535]\n[1]', '[4294967295]\n[2,0]', '[7,1,1,2]\n[1,3,2]', '[16,16]\n[16,16]'].map(text => Buffer.from(text)),
  mutate: (seed, pool, { next }) => new Mutator(next, WORDS).mutate(seed, pool),
  fuzz: async (data): Promise<Verdict> => {
    const [first, second] = data.toString('latin1').split('\n', 2)
    const a = await checkFormats(first!)
    const b = second === undefined || second.length > 200 ? null : await checkFormats(second)
    if (a !== null && b !== null) checkArithmetic(a, b)
    return a !== null && b !== null ? 'accepted' : 'refused'
  }
}
