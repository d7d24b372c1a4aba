// Which threads stand, that is, have instantiated the kernels: they alone are given calls. Piscina replaces a thread that has ended, but
// no more once one has failed to start; this has it try again.
import type { Piscina, PiscinaTask } from 'piscina'
import { queueOptionsSymbol } from 'piscina'
import { ticketOf } from './queue.js'
import { REFUSED } from './ticket.js'
import type { Watch } from './watch.js'

type Thread = Parameters<NonNullable<Piscina['options']['loadBalancer']>>[1][number]

/** Milliseconds until another attempt to start a thread. */
const RETRY = 100

export class Roster {
  readonly #standing = new Set<number>()
  #piscina: Piscina | null = null
  #started = 0
  #retry: NodeJS.Timeout | null = null
  #closing = false

  constructor (readonly watch: Watch) {}

  get size (): number { return this.#standing.size }

  /** Threads that took the place of others. */
  get restarts (): number { return this.#piscina === null ? 0 : Math.max(0, this.#started - this.#piscina.maxThreads) }

  /** Looks after the threads of `piscina`; calls `giveUp` when none stands and one could not be started. */
  of (piscina: Piscina, giveUp: () => void): void {
    this.#piscina = piscina
    piscina.on('workerCreate', ({ id }: Thread) => {
      this.#standing.add(id)
      this.#started++
    })
    piscina.on('workerDestroy', ({ id }: Thread) => {
      if (!this.#strike(id) && this.size === 0) giveUp()
      this.#retry ??= setTimeout(() => { this.#restore() }, RETRY).unref()
    })
  }

  /** The thread for a call: one that has none. */
  readonly choose = (task: PiscinaTask, threads: Thread[]): Thread | null => {
    const ticket = ticketOf(task)
    if (ticket === REFUSED) return null
    const free = threads.find(thread => thread.currentUsage === 0 && this.#standing.has(thread.id))
    if (free === undefined) return null
    this.watch.begin(ticket, free.id)
    return free
  }

  /** Ends a thread, whatever it does. */
  end (id: number): void { this.#piscina?.threads.find(({ threadId }) => threadId === id)?.terminate().catch(() => {}) }

  /** Strikes out the thread that ends, if it stood: those that have ended already have lost their number. */
  #strike (ending: number): boolean {
    const alive = new Set(this.#piscina!.threads.map(({ threadId }) => threadId))
    const struck = [...this.#standing].find(id => id === ending || !alive.has(id))
    return struck !== undefined && this.#standing.delete(struck)
  }

  /** Starts threads as long as some are missing: a call that none takes has Piscina start one. */
  #restore (): void {
    this.#retry = null
    const piscina = this.#piscina!
    for (let missing = piscina.maxThreads - piscina.threads.length; missing > 0 && !this.#closing; missing--) {
      const nobody = new AbortController()
      piscina.run({ [queueOptionsSymbol]: REFUSED }, { signal: nobody.signal }).catch(() => {})
      nobody.abort()
    }
  }

  /** From now on threads that end are not replaced. */
  close (): void { this.#closing = true }
}
