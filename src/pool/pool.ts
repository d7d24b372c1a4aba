// The worker threads, by Piscina: how many, how they start, how they end, and what becomes of calls when they die. Calls carry two
// small values; the data stays in the shared batch memory.
//
// A call is rejected after its thread has ended, never before: the thread writes into memory that is given back then. This is why calls
// are not ended by Piscina's signals, which reject at once.
import { Piscina, queueOptionsSymbol } from 'piscina'
import { HOP, HOP_ALONE, type Threads } from '../engine/dispatch.js'
import type { BatchMemory } from '../engine/memory.js'
import { compileKernels, Instance, type Kernels } from '../engine/module.js'
import { Failure } from '../errors.js'
import type { Distribution } from '../observe/distribution.js'
import { TwoLines } from './queue.js'
import { Roster } from './roster.js'
import { Ticket } from './ticket.js'
import { Watch } from './watch.js'
import type { Call, Seed } from './worker.js'

/** How threads are run. */
export interface Terms {
  /** Milliseconds after which a call's thread is ended. */
  readonly callLimit?: number
  /** What a thread runs. */
  readonly entry?: URL
}

/** Threads need little more JavaScript memory than they start with, and load nothing else: what is put in front of the process stays there. */
const LIMITS = { maxOldGenerationSizeMb: 32 }

type Task = Call & { readonly [queueOptionsSymbol]: Ticket }

export class Pool implements Threads {
  readonly lanes: number
  /** Settles when every thread stands. Rejected when one does not come to. */
  readonly ready: Promise<unknown>
  /** Requests under way. */
  visits = 0
  /** Told why a thread ended, or could not start. */
  onLoss: (reason: Error) => void = () => {}
  readonly #instance: Instance
  readonly #piscina: Piscina<Task, Error | undefined>
  readonly #queue = new TwoLines()
  readonly #roster: Roster
  readonly #watch: Watch
  /** Calls that have not ended, and who waits for that. */
  #open = 0
  #ended: () => void = () => {}

  /** Starts `workers` threads over `memory`, which is opened for regions above the kernels' own data. */
  constructor (memory: BatchMemory, workers: number, { callLimit = 30_000, entry = new URL('./worker.js', import.meta.url) }: Terms = {}) {
    const module = compileKernels()
    this.#instance = new Instance(module, memory.memory)
    memory.open(this.kernels.heapBase)
    this.lanes = workers
    this.#watch = new Watch(callLimit, ticket => { this.#roster.end(ticket.thread) })
    this.#roster = new Roster(this.#watch)
    const seed: Seed = { module, memory: memory.memory }
    this.#piscina = new Piscina({
      filename: entry.href,
      minThreads: workers,
      maxThreads: workers,
      idleTimeout: Infinity,
      resourceLimits: LIMITS,
      execArgv: [],
      taskQueue: this.#queue,
      stricterFIFO: true,
      loadBalancer: this.#roster.choose,
      workerData: seed
    })
    this.#piscina.on('error', (reason: Error) => { this.onLoss(reason) })
    this.#roster.of(this.#piscina, () => { this.#giveUp() })
    this.ready = Promise.all(Array.from({ length: workers }, () => this.#ask({ kernel: '', record: 0, [queueOptionsSymbol]: new Ticket(false, false) })))
    this.ready.catch(() => {})
  }

  /** The kernels of this thread. */
  get kernels (): Kernels { return this.#instance.kernels }

  get hop (): number { return this.visits > 1 ? HOP : HOP_ALONE }

  /** Calls that wait for a thread. */
  get queued (): number { return this.#queue.size }

  /** Calls that threads run now. */
  get running (): number { return this.#watch.running }

  /** Threads that stand. */
  get size (): number { return this.#roster.size }

  /** How long calls waited for a thread. */
  get waits (): Distribution { return this.#watch.waits }

  /** Threads that took the place of others which had ended. */
  get restarts (): number { return this.#roster.restarts }

  call (kernel: string, record: number): void { this.#instance.call(kernel, record) }

  async run (kernel: string, record: number, short = false, owner: object | null = null): Promise<void> {
    const ticket = new Ticket(short, true, owner)
    let trap: Error | undefined
    try {
      trap = await this.#ask({ kernel, record, [queueOptionsSymbol]: ticket })
    } catch (reason) {
      if (reason instanceof Failure) throw reason
      if (ticket.overdue) throw new Error(`the kernel ${kernel} ran for too long; its thread was ended`)
      this.onLoss(reason as Error)
      throw new Failure('worker_lost', 'the thread that computed the answer has ended; another one takes its place', [], { 'retry-after': '1' })
    }
    if (trap !== undefined) throw trap
  }

  /** Gives up the calls of `owner` that wait for a thread, with `reason`; those under way end as they would have. */
  withdraw (owner: object, reason: Failure): void {
    if (this.#queue.size === 0) return
    for (const ticket of this.#queue.withdraw(owner)) ticket.giveUp(reason)
  }

  /** What a thread answers. @throws what ended the thread */
  async #ask (task: Task): Promise<Error | undefined> {
    const ticket = task[queueOptionsSymbol]
    this.#open++
    try {
      return await new Promise((resolve, reject) => {
        ticket.giveUp = reject
        this.#piscina.run(task).then(resolve, reject)
      })
    } finally {
      this.#watch.finish(ticket)
      if (--this.#open === 0) this.#ended()
    }
  }

  /** No thread stands, and none can be started: nobody waits for that. */
  #giveUp (): void {
    for (const ticket of this.#queue.clear()) ticket.giveUp(new Error('no thread could be started'))
  }

  /** Lets calls under way end, then ends the threads. Piscina's own `close` would wait for a thread that dies meanwhile. */
  async close (): Promise<void> {
    if (this.#open > 0) await new Promise<void>(resolve => { this.#ended = resolve })
    this.#roster.close()
    await this.#piscina.destroy()
    this.#watch.close()
  }
}
