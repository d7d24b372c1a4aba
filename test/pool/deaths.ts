// The ways in which a thread can die or a kernel go astray; a thread does them to itself in the middle of a call.
import { setTimeout as delay } from 'node:timers/promises'

type Way = (memory: WebAssembly.Memory, record: number) => unknown

/** By name; a trap is left to the kernels themselves. */
const WAYS = {
  exit: () => { process.exit(3) },
  heap: hoard,
  loop: (memory, record) => { writing(memory)(record) },
  'late throw': async () => {
    setTimeout(() => { throw new Error('late') }, 1)
    await delay(1000)
  }
} as const satisfies Readonly<Record<string, Way>>

export type Death = keyof typeof WAYS | 'trap'

/** All of them. */
export const DEATHS: readonly Death[] = [...Object.keys(WAYS) as (keyof typeof WAYS)[], 'trap']

/** A number that float32 has, and no other request. */
const ORDER = 2 ** 100

/** The first number of a request that asks for a death. */
export function orderOf (death: Death): number { return (DEATHS.indexOf(death) + 1) * ORDER }

/** The death that a request with this first number asks for. */
export function deathOrdered (first: number): Death | undefined { return DEATHS[first / ORDER - 1] }

/** Nowhere: a kernel that is given this record traps. */
const NOWHERE = 0xfffffff0

/** Does it in a call on `record`, in which an endless loop writes; `work` is what a healthy thread does. */
export function die (death: Death, memory: WebAssembly.Memory, record: number, work: (record: number) => unknown): unknown {
  return death === 'trap' ? work(NOWHERE) : WAYS[death](memory, record)
}

/** Keeps more and more; optimized loops without a turn do not notice that they are to end. */
async function hoard (): Promise<void> {
  const kept: unknown[] = []
  for (;;) {
    kept.push(new Array(1000).fill(kept.length))
    await null
  }
}

/** `(module (import "env" "memory" (memory 1 65536 shared)) (func (export "loop") (param i32)
 *  (loop (i64.store (local.get 0) (i64.const -1)) (br 0))))`: writes to one place as long as it lives. */
const LOOP = '0061736d0100000001050160017f0002120103656e76066d656d6f727902030180800403020100070801046c6f6f7000000a11010f0003402000427f3703000c000b000b'

function writing (memory: WebAssembly.Memory): (address: number) => void {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(LOOP, 'hex')), { env: { memory } })
  return instance.exports.loop as (address: number) => void
}
