// Long JSON bodies, which are cut into parts that are read on their own: changed in one place, wherever that lies.
import type { Mutator } from '../mutate.js'
import { Desk } from '../desk.js'
import type { Target } from '../target.js'
import { decoded } from './tensors.js'

const LANES = 3
/** Bytes of a body, of which parts have at least 65536, and of the piece that is changed. */
const LENGTH = 250_000
const PIECE = 60

const desk = new Desk(LANES)

const row = (count: number, from: number): string => Array.from({ length: count }, (_, i) => ((from + i) % 997) / 8).join()
const body = (text: string): Buffer => Buffer.from(text.length % 2 === 0 ? text : `${text} `) // an even length is float64, which is soon read

function mutate (seed: Buffer, pool: readonly Buffer[], mutator: Mutator): Buffer {
  const at = mutator.below(4) === 0 ? mutator.pick([0, seed.length - PIECE]) : mutator.below(seed.length)
  const piece = mutator.mutate(seed.subarray(at, at + PIECE), [mutator.pick(pool).subarray(at, at + PIECE)])
  return body(seed.toString('latin1', 0, at) + piece.toString('latin1') + seed.toString('latin1', at + PIECE))
}

export const long: Target = {
  name: 'long',
  share: 1 / 500,
  seeds: [
    `{"input": [${row(LENGTH / 6, 0)}], "reduction": "none"}`,
    `{"target": [1], "input": [${Array.from({ length: LENGTH / 60 }, (_, i) => `[${row(10, i)}]`).join()}]}`,
    `{"i": [${Array.from({ length: LENGTH / 30 }, (_, i) => `[[${i}, 2], [3,4]]`).join(' ,\n')}]}`
  ].map(body),
  mutate,
  fuzz: async data => await decoded(desk, data)
}
