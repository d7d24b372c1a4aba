// Our kernels in this process: the operands already lie in the batch memory, two worker threads share the work.
import { z } from 'zod'
import { loadCatalogue } from '../../src/catalogue/index.js'
import { BatchMemory } from '../../src/engine/memory.js'
import { run } from '../../src/engine/run.js'
import { plan, type Evaluation } from '../../src/plan.js'
import { Pool } from '../../src/pool/pool.js'
import { proceed } from '../../src/steps.js'
import type { Tensor } from '../../src/tensor/tensor.js'
import type { Operand, Operands } from '../bodies.js'
import type { KernelRow } from './rows.js'
import type { Runner, Runnable } from './runner.js'

const MEMORY = 1536 * 2 ** 20
export const THREADS = 2

const DTYPES = { Float32Array: 'float32', Float64Array: 'float64', BigInt64Array: 'int64' } as const

/** Starts the threads. */
export async function startOurs (): Promise<Runner> {
  const catalogue = await loadCatalogue()
  const memory = new BatchMemory(MEMORY)
  const pool = new Pool(memory, THREADS)
  const place = (slot: string, { shape, data }: Operand, held: { release (): void }[]): Tensor => {
    const region = memory.tryReserve(data.byteLength)!
    held.push(region)
    memory.bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), region.address)
    return { dtype: DTYPES[data.constructor.name as keyof typeof DTYPES], shape, address: region.address, form: 'whole', pointer: `/${slot}` }
  }
  return {
    name: 'lossd',
    async load (row: KernelRow, operands: Operands): Promise<Runnable> {
      const held: { release (): void }[] = []
      const entry = catalogue.find(row.kind, row.id)!
      const tensors = new Map(Object.entries(operands).map(([slot, operand]) => [slot, place(slot, operand, held)]))
      const reduction = row.kind === 'loss' ? 'mean' : 'none'
      const options = z.strictObject(entry.options).parse({}) as Record<string, unknown>
      const evaluation: Evaluation = { entry, tensors, options, reduction, gradients: row.gradients, gradOutput: null, dtype: null }
      const evaluate = async (): Promise<number> => {
        const planned = plan(evaluation)
        if (!('job' in planned)) throw new Error(`${row.id} takes two jobs`)
        const { loss, release } = await proceed(run(planned.job, { memory, threads: pool, patience: { wait: 1 } }))
        release()
        return memory.view.getFloat32(loss.address, true)
      }
      return {
        time: async milliseconds => await time(evaluate, milliseconds),
        release: async () => { for (const region of held) region.release() }
      }
    },
    close: async () => { await pool.close() }
  }
}

/** As Python times: evaluations of `milliseconds` or at least three, one after the other. */
async function time (evaluate: () => Promise<number>, milliseconds: number) {
  const times: number[] = []
  let loss = await evaluate()
  const until = performance.now() + milliseconds
  while (times.length < 3 || performance.now() < until) {
    const start = performance.now()
    loss = await evaluate()
    times.push(performance.now() - start)
  }
  return { times, loss }
}
