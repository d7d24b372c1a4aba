// The worker threads, by Piscina: how many, how they start, how they end. Calls carry two small values; the data
// stays in the shared batch memory.
import { Piscina, queueOptionsSymbol } from 'piscina'
import { HOP, HOP_ALONE, type Threads } from '../engine/dispatch.js'
import type { BatchMemory } from '../engine/memory.js'
import { compileKernels, instantiateKernels, type Kernels } from '../engine/module.js'
import { SHORT, TwoLines } from './queue.js'
import type { Call, Seed } from './worker.js'

export class Pool implements Threads {
  readonly kernels: Kernels
  readonly lanes: number
  /** Requests under way. */
  visits = 0
  readonly #piscina: Piscina<Call & { readonly [queueOptionsSymbol]?: object }, void>

  /** Starts `workers` threads over `memory`, which is opened for regions above the kernels' own data. */
  constructor (memory: BatchMemory, workers: number) {
    const module = compileKernels()
    this.kernels = instantiateKernels(module, memory.memory)
    memory.open(this.kernels.heapBase)
    this.lanes = workers
    const seed: Seed = { module, memory: memory.memory }
    this.#piscina = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      idleTimeout: Infinity,
      taskQueue: new TwoLines(),
      workerData: seed
    })
  }

  async run (kernel: string, record: number, short = false): Promise<void> {
    await this.#piscina.run(short ? { kernel, record, [queueOptionsSymbol]: SHORT } : { kernel, record })
  }

  get hop (): number { return this.visits > 1 ? HOP : HOP_ALONE }

  /** Calls that wait for a thread. */
  get queued (): number { return this.#piscina.queueSize }

  /** Lets calls under way end, then ends the threads. */
  async close (): Promise<void> { await this.#piscina.close() }
}
