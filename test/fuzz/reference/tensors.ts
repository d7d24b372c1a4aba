// Tensors in JSON by the rules of the contract, in exact arithmetic.
import { nearestFloat32 } from '../../kernels/float32.js'
import { membersOf, Refused, valueOf, type Node } from './json.js'

export interface Expected { readonly dtype: string, readonly shape: readonly number[], readonly bytes: Buffer, readonly isBase64: boolean }

type Numbers = 'float64' | 'float32' | 'int64'

const WIDTHS: Readonly<Record<string, number>> = {
  float64: 8, float32: 4, float16: 2, bfloat16: 2, int64: 8, int32: 4, int16: 2, int8: 1, uint64: 8, uint32: 4, uint16: 2, uint8: 1, bool: 1
}
const WORDS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity }
const MOST_RANK = 32

/** The tensor that `node` is. */
export function tensorOf (node: Node, dtype: Numbers): Expected {
  if (node.kind === 'object') return objectOf(node, dtype)
  if (node.kind === 'word' && !(node.text in WORDS)) throw new Refused('a literal')
  return nestedOf(node, dtype)
}

function nestedOf (node: Node, dtype: Numbers): Expected {
  const leaves: Node[] = []
  const shape = shapeOf(node, leaves, 0)
  return { dtype, shape, bytes: Buffer.concat(leaves.map(leaf => elementOf(leaf, dtype))), isBase64: false }
}

function shapeOf (node: Node, leaves: Node[], level: number): number[] {
  if (node.kind !== 'list') {
    leaves.push(node)
    return []
  }
  if (level === MOST_RANK) throw new Refused('too many dimensions')
  const shapes = node.items.map(item => shapeOf(item, leaves, level + 1))
  if (shapes.some(shape => shape.join() !== shapes[0]!.join() || shape.length !== shapes[0]!.length)) throw new Refused('ragged')
  return [node.items.length, ...shapes[0] ?? []]
}

function elementOf (node: Node, dtype: Numbers): Buffer {
  const bytes = Buffer.alloc(WIDTHS[dtype]!)
  if (dtype === 'int64') bytes.writeBigInt64LE(wholeOf(node))
  else if (dtype === 'float64') bytes.writeDoubleLE(realOf(node, Number))
  else bytes.writeFloatLE(realOf(node, nearestFloat32))
  return bytes
}

function realOf (node: Node, read: (text: string) => number): number {
  if (node.kind === 'number') return read(node.text)
  if (node.kind === 'word' && node.text === 'null') return NaN
  const word = node.kind === 'word' ? node.text : node.kind === 'string' ? node.raw : ''
  if (!Object.hasOwn(WORDS, word)) throw new Refused('no number')
  return WORDS[word]!
}

/** Exactly, whatever the notation. */
function wholeOf (node: Node): bigint {
  if (node.kind === 'word' && /^(?:true|false)$/.test(node.text)) return node.text === 'true' ? 1n : 0n
  if (node.kind !== 'number') throw new Refused('no whole number')
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(node.text)!
  const digits = (whole! + fraction).replace(/^0+/, '')
  const counting = digits.replace(/0+$/, '')
  const zeros = Number(power) - fraction.length + digits.length - counting.length
  if (counting === '') return 0n
  if (zeros < 0 || counting.length + zeros > 19) throw new Refused('no whole number of 64 bits')
  const value = BigInt(counting) * 10n ** BigInt(zeros) * (sign === '' ? 1n : -1n)
  if (BigInt.asIntN(64, value) !== value) throw new Refused('beyond 64 bits')
  return value
}

function objectOf (node: Node, otherwise: Numbers): Expected {
  const members = membersOf(node)
  for (const name of members.keys()) if (!['shape', 'dtype', 'data'].includes(name)) throw new Refused('a strange member')
  const data = members.get('data')
  if (!members.has('shape') || data === undefined) throw new Refused('a member is missing')
  const shape = lengthsOf(members.get('shape')!)
  const dtype = members.has('dtype') ? valueOf(members.get('dtype')!) : null
  if (dtype !== null && !(typeof dtype === 'string' && Object.hasOwn(WIDTHS, dtype))) throw new Refused('no dtype')
  if (members.has('dtype') && dtype === null) throw new Refused('no dtype')
  const count = shape.reduce((product, length) => product * length, 1)
  if (data.kind === 'string') return { dtype: dtype ?? missing(), shape, bytes: base64Of(data.raw, count * WIDTHS[dtype as string]!), isBase64: true }
  if (dtype !== null && !['float64', 'float32', 'int64'].includes(dtype)) throw new Refused('a narrow dtype')
  if (data.kind === 'object') throw new Refused('data is an object')
  const flat = nestedOf(data, (dtype ?? otherwise) as Numbers)
  if (flat.shape.length !== 1 || flat.shape[0] !== count) throw new Refused('other data than the shape says')
  return { ...flat, shape }
}

function missing (): never { throw new Refused('base64 without a dtype') }

/** The shape, which is digits alone; what its lengths multiply to, zeros left out, has to fit 32 bits. */
function lengthsOf (node: Node): number[] {
  if (node.kind !== 'list' || node.items.length > MOST_RANK) throw new Refused('no shape')
  const lengths = node.items.map(item => {
    if (item.kind !== 'number' || !/^\d+$/.test(item.text)) throw new Refused('no length')
    return BigInt(item.text)
  })
  const product = lengths.reduce((product, length) => product * (length || 1n), 1n)
  if (product >= 2n ** 32n) throw new Refused('too many elements')
  return lengths.map(Number)
}

/** RFC 4648, section 4, with padding and nothing left over. */
function base64Of (raw: string, size: number): Buffer {
  const text = raw.replaceAll('\\/', '/')
  if (!/^[A-Za-z\d+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new Refused('no base64')
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new Refused('bits left over')
  if (bytes.length !== size) throw new Refused('other bytes than the shape says')
  return bytes
}
