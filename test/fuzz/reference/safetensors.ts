// safetensors by the format's rules, and by the stricter ones that the service states.
import { membersOf, readJson, Refused, stringOf, valueOf, type Node } from './json.js'

export interface Entry { readonly dtype: string, readonly shape: readonly number[], readonly begin: number, readonly end: number }

const WIDTHS: Readonly<Record<string, number>> =
  { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1 }

/** The tensors of `file` by name, with offsets from its start. */
export function entriesOf (file: Buffer): Map<string, Entry> {
  if (file.length < 8) throw new Refused('no prefix')
  const length = file.readBigUInt64LE(0)
  if (length > 100_000_000n || length > BigInt(file.length - 8)) throw new Refused('a long header')
  const data = 8 + Number(length)
  const header = file.subarray(8, data)
  if (header[0] !== 0x7b || !header.toString('latin1').replace(/ +$/, '').endsWith('}')) throw new Refused('no header')
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(header)
  } catch {
    throw new Refused('no UTF-8')
  }
  const entries = new Map<string, Entry>()
  for (const [name, node] of membersOf(readJson(header))) {
    if (name === '__metadata__') checkMetadata(node)
    else entries.set(name, entryOf(node))
  }
  checkOrder([...entries.values()], BigInt(file.length - data))
  return new Map([...entries].map(([name, entry]) => [name, { ...entry, begin: entry.begin + data, end: entry.end + data }]))
}

function checkMetadata (node: Node): void {
  for (const value of membersOf(node).values()) if (value.kind !== 'string') throw new Refused('metadata')
}

function entryOf (node: Node): Entry {
  valueOf(node) // strings in it are strings
  const members = membersOf(node)
  if ([...members.keys()].sort().join() !== 'data_offsets,dtype,shape') throw new Refused('members')
  const dtype = members.get('dtype')!
  const name = dtype.kind === 'string' ? stringOf(dtype.raw) : ''
  if (!Object.hasOwn(WIDTHS, name)) throw new Refused('dtype')
  const shape = countsOf(members.get('shape')!)
  const [begin, end, ...more] = countsOf(members.get('data_offsets')!)
  const product = shape.reduce((product, length) => product * (length || 1n), 1n)
  const size = shape.includes(0n) ? 0n : product * BigInt(WIDTHS[name]!)
  if (shape.length > 32 || product >= 2n ** 32n) throw new Refused('shape')
  if (end === undefined || more.length > 0 || end - begin! !== size || end >= 2n ** 53n) throw new Refused('offsets')
  return { dtype: name, shape: shape.map(Number), begin: Number(begin), end: Number(end) }
}

function countsOf (node: Node): bigint[] {
  if (node.kind !== 'list') throw new Refused('no list')
  return node.items.map(item => {
    if (item.kind !== 'number' || !/^\d+$/.test(item.text)) throw new Refused('no count')
    return BigInt(item.text)
  })
}

/** Every byte belongs to one tensor. */
function checkOrder (entries: Entry[], size: bigint): void {
  let end = 0
  for (const entry of entries.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end) throw new Refused('a hole or an overlap')
    end = entry.end
  }
  if (BigInt(end) !== size) throw new Refused('bytes left over, or missing')
}
