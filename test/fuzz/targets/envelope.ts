// JSON bodies as a whole: names, options of every kind, items of a batch and what they share, a byte order mark.
import { startOf } from '../../../src/http/evaluate.js'
import { readList, readMembers, readValue, type Raw } from '../../../src/tensor/decode/json.js'
import { proceed, type Steps } from '../../../src/steps.js'
import { Desk } from '../desk.js'
import { membersOf, readJson, Refused, valueOf, type Node } from '../reference/json.js'
import type { Target } from '../target.js'
import { compare } from './compare.js'

const MOST_ITEMS = 20
const BOM = Buffer.from('\ufeff')

const desk = new Desk()

function * valuesIn (members: ReadonlyMap<string, Raw>): Steps<unknown[]> {
  const values: unknown[] = []
  for (const [name, { value, pointer }] of members) values.push([name, yield * readValue(desk, value, pointer)])
  return values
}

function * read (address: number, size: number): Steps<unknown> {
  const members = yield * readMembers(desk, { address, from: startOf(desk, address, size), to: size })
  const [items, shared] = [members.get('items'), members.get('shared')]
  const found: unknown[] = []
  for (const item of items === undefined ? [] : yield * readList(desk, items, MOST_ITEMS)) {
    found.push(yield * valuesIn(yield * readMembers(desk, item.value, item.pointer)))
  }
  if (shared !== undefined) found.push(yield * valuesIn(yield * readMembers(desk, shared.value, shared.pointer)))
  members.delete('items')
  members.delete('shared')
  return [found, yield * valuesIn(members)]
}

function expected (data: Buffer): unknown {
  const members = membersOf(readJson(data.subarray(0, 3).equals(BOM) ? data.subarray(3) : data))
  const [items, shared] = [members.get('items'), members.get('shared')]
  const found: unknown[] = []
  if (items !== undefined) {
    if (items.kind !== 'list' || items.items.length > MOST_ITEMS) throw new Refused('no list of items')
    for (const item of items.items) found.push(values(membersOf(item)))
  }
  if (shared !== undefined) found.push(values(membersOf(shared)))
  members.delete('items')
  members.delete('shared')
  return [found, values(members)]
}

function values (members: ReadonlyMap<string, Node>): unknown[] { return [...members].map(([name, node]) => [name, valueOf(node)]) }

export const envelope: Target = {
  name: 'envelope',
  seeds: [
    '{"reduction": "none", "gradients": ["input", "target"], "label_smoothing": 0.1, "full": true, "weight": null}',
    '{"shared": {"target": [1, 0]}, "items": [{"loss": "mse", "input": [0.5, 0.5]}, {"loss": "l1", "reduction": "sum"}]}',
    '{"losses": [{"loss": "mse", "slots": {"input": "a", "target": "b"}, "coefficient": 0.5}], "gradients": ["a"], "dtype": "float32"}',
    '{"name with \\"quotes\\"": "\\u00e9\\n\\/", "\\ud83d\\ude00": "é😀", "": {"": {"a": [[], {}]}}}',
    '\ufeff {"a":1,"b":-0,"c":1e400,"d":NaN,"e":-Infinity,"__proto__":{"constructor":1}}',
    `{${Array.from({ length: 40 }, (_, i) => `"m${i}": [${i}, "${'x'.repeat(i)}"]`).join(',\n')}}`,
    '{"items":[{},{"loss":"mse"}],"shared":{}}'
  ].map(text => Buffer.from(text)),
  fuzz: async data => {
    try {
      const address = desk.put(data)
      return await compare(() => proceed(read(address, data.length)), () => expected(data))
    } finally {
      desk.clear()
    }
  }
}
