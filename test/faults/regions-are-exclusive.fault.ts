// Regions of the batch memory, and calls that work in them: each belongs to one request at a time.
import { GuardedMemory } from '../engine/guarded.js'
import { walk } from '../engine/regions.js'
import * as layout from '../../src/kernels/layout.js'
import { Pool } from '../../src/pool/pool.js'
import { faultOfItsOwn } from './arena.js'

faultOfItsOwn({ faults: ['F25'], title: 'no two requests are given one region, and none is given back twice' }, async bench => {
  const most = bench.scale(1_000_000, 100_000)
  const start = Date.now()
  bench.measure('random steps of reserving, growing, waiting, leaving and giving back, of which none went wrong', await walk(most, start), { least: most })
})

/** Bytes of the batch memory, which is too small for all at once, and of a record with the mark behind it. */
const [ROOM, RECORD] = [2 ** 20, 384]

/** Numbers that a call writes at most, and calls at once. */
const [MOST, AT_ONCE] = [20_000, 24]

/** A call in a region of its own, which is filled before and must be all zeros afterwards. Gives how many numbers are not. */
async function callAlone (memory: GuardedMemory, pool: Pool, entries: number, owner: number): Promise<number> {
  const region = await memory.reserve(RECORD + 4 * entries, { wait: 60_000 })
  const { view } = memory
  const numbers = new Int32Array(memory.memory.buffer, region.address + RECORD, entries).fill(owner)
  new Uint8Array(memory.memory.buffer, region.address, RECORD).fill(0)
  view.setUint32(region.address + layout.CALL_TO, 1, true)
  view.setUint32(region.address + layout.CALL_COUNT, entries, true)
  view.setUint32(region.address + layout.CALL_BLOCK, entries, true)
  view.setUint32(region.address + layout.CALL_OPERANDS + layout.OPERAND_GRADIENT, region.address + RECORD, true)
  const untouched = numbers.every(number => number === owner)
  await pool.run('zeros_f32', region.address)
  const foreign = numbers.reduce((sum, number) => sum + (number === 0 ? 0 : 1), 0)
  region.release()
  return foreign + (untouched ? 0 : 1)
}

faultOfItsOwn({ faults: ['F25'], title: 'what a call writes to is its own from its start to its end' }, async bench => {
  const memory = new GuardedMemory(ROOM)
  const pool = new Pool(memory, 3, { entry: new URL('../pool/thread.js', import.meta.url) })
  await pool.ready
  const most = bench.scale(300_000, 10_000)
  let [calls, foreign, lost] = [0, 0, 0]
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (calls < most) {
      const found = await callAlone(memory, pool, 1 + calls * 7919 % MOST, ++calls).catch(() => null)
      if (found === null) lost++
      else foreign += found
    }
  }))
  const { reserved } = memory
  await pool.close()
  bench.measure('calls', calls, { least: most })
  bench.measure('calls with a mark, before or behind the kernel, that was not theirs', lost, { exactly: 0 })
  bench.measure('numbers written by others', foreign, { exactly: 0 })
  bench.measure('regions that belonged to two, or were given back twice', memory.violations.length, { exactly: 0 })
  bench.measure('bytes reserved in the end', reserved, { exactly: 0 })
})
