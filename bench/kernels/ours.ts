// Our kernels in this process: the operands already lie in the batch memory, two worker threads share the work.
import { z } from 'zod'
import { loadCatalogue, type Catalogue } from '../../src/catalogue/index.js'
import { BatchMemory, type Region } from '../../src/engine/memory.js'
import { run } from '../../src/engine/run.js'
import { plan, type Evaluation } from '../../src/plan.js'
import { Pool } from '../../src/pool/pool.js'
import { proceed } from '../../src/steps.js'
import type { Tensor } from '../../src/tensor/tensor.js'
import type { Operand, Operands } from '../bodies.js'
import type { KernelRow } from './rows.js'
import type { Runnable, Runner, Timing } from './runner.js'

/** Threads of every library. */
export const THREADS = 2

/** Room for the largest row twice: its logits and their gradient have 262 MB each. */
const MEMORY = 1536 * 2 ** 20

/** Evaluations in a figure, at least; the same as in Python. */
const LEAST = 3

const DTYPES = { Float32Array: 'float32', Float64Array: 'float64', BigInt64Array: 'int64' } as const

/** Starts the threads. */
export async function startOurs (): Promise<Runner> { return new Ours(await loadCatalogue()) }

class Ours implements Runner {
  readonly name = 'lossd'
  readonly #memory = new BatchMemory(MEMORY)
  readonly #pool = new Pool(this.#memory, THREADS)

  constructor (readonly catalogue: Catalogue) {}

  async load (row: KernelRow, operands: Operands): Promise<Runnable> {
    const placed = Object.entries(operands).map(([slot, operand]) => this.#place(slot, operand))
    const evaluation = this.#evaluation(row, placed.map(({ tensor }) => tensor))
    return {
      time: async milliseconds => await time(async () => await this.#evaluate(evaluation), milliseconds),
      release: async () => { for (const { region } of placed) region.release() }
    }
  }

  async close (): Promise<void> { await this.#pool.close() }

  /** Copies an operand into the batch memory. */
  #place (slot: string, { shape, data }: Operand): { tensor: Tensor, region: Region } {
    const region = this.#memory.tryReserve(data.byteLength)!
    this.#memory.bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), region.address)
    const dtype = DTYPES[data.constructor.name as keyof typeof DTYPES]
    return { tensor: { dtype, shape, address: region.address, form: 'whole', pointer: `/${slot}` }, region }
  }

  #evaluation ({ kind, id, gradients }: KernelRow, tensors: readonly Tensor[]): Evaluation {
    const entry = this.catalogue.find(kind, id)!
    return {
      entry,
      tensors: new Map(tensors.map(tensor => [tensor.pointer.slice(1), tensor])),
      options: z.strictObject(entry.options).parse({}) as Record<string, unknown>,
      reduction: kind === 'loss' ? 'mean' : 'none',
      gradients,
      gradOutput: null,
      dtype: null
    }
  }

  /** Plans and runs, and gives the first number of the answer. */
  async #evaluate (evaluation: Evaluation): Promise<number> {
    const planned = plan(evaluation)
    if (!('job' in planned)) throw new Error(`${evaluation.entry.id} takes two jobs`)
    const around = { memory: this.#memory, threads: this.#pool, patience: { wait: 1 } }
    const { loss, release } = await proceed(run(planned.job, around))
    const first = this.#memory.view.getFloat32(loss.address, true)
    release()
    return first
  }
}

/** As Python times: evaluations one after the other. */
async function time (evaluate: () => Promise<number>, milliseconds: number): Promise<Timing> {
  const times: number[] = []
  let loss = await evaluate()
  const until = performance.now() + milliseconds
  while (times.length < LEAST || performance.now() < until) {
    const start = performance.now()
    loss = await evaluate()
    times.push(performance.now() - start)
  }
  return { times, loss }
}
