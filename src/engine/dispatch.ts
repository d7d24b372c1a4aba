// Sends kernel calls to threads: what costs less than a hop runs here, the rest in lanes, one call a lane at a time.
import { wait, type Pending, type Steps } from '../steps.js'

/**
 * Nanoseconds of work above which a hop to a worker pays while other requests are under way: a hop there and back
 * costs 25–50 µs on a quiet machine, during which this thread can do something else.
 */
export const HOP = 50_000

/** The same for a request that is alone: nobody waits for this thread, and waking two others takes up to 250 µs. */
export const HOP_ALONE = 500_000

/** Nanoseconds after which a part ends, so that a deadline or a client that left is noticed. */
export const SLICE = 2_000_000

/** Nanoseconds up to which a job is short: its calls go before those of others. */
export const SHORT = 1_000_000

/** The threads that kernels can run on. */
export interface Threads {
  /** How many calls may be under way at once. */
  readonly lanes: number
  /** Nanoseconds of work above which a hop to a worker pays now. */
  readonly hop: number
  /** Runs one call on this thread. @throws Error when it traps */
  call (kernel: string, record: number): void
  /**
   * Runs one call on a worker; those of short jobs go before others that wait. Rejected when it traps or its thread ends, not before
   * that has ended: what it wrote to is given back afterwards. One that still waits is rejected when its `owner` is withdrawn.
   */
  run (kernel: string, record: number, short?: boolean, owner?: object): Promise<void>
}

/** One call of a kernel: the address of its record, made for the lane that runs it. */
export type Part = (lane: number) => number

/** Whether the job is short, how many of its parts may run at once, what they wait for, who is told, and what ends them early. */
interface Effort {
  readonly short: boolean
  readonly lanes: number
  /** What part `index` needs and is not there yet; null when everything is. */
  readonly late?: (index: number) => Pending<void> | null
  /** Called when part `index` has ended. */
  readonly ended?: (index: number) => void
  readonly patience: { readonly signal?: AbortSignal | undefined }
}

/** Runs one kernel on one record, here when it is cheap. */
export function * call (threads: Threads, kernel: string, record: number, cost: number, owner: object): Steps<void> {
  if (cost <= threads.hop) threads.call(kernel, record)
  else yield threads.run(kernel, record, cost <= SHORT, owner)
}

/**
 * Runs every part of one kernel. Parts start in order; once the signal has fired or a part has failed none starts any more,
 * and those under way end before this returns, because they write into memory that the caller is about to give back.
 * @throws the signal's reason, or what a part threw
 */
export function * callAll (
  threads: Threads, kernel: string, parts: readonly Part[], { short, lanes: most, late, ended, patience }: Effort
): Steps<void> {
  let next = 0
  const lane = async (_: unknown, index: number): Promise<void> => {
    try {
      while (next < parts.length) {
        patience.signal?.throwIfAborted()
        const part = next++
        const missing = late?.(part)
        if (missing) await missing
        await threads.run(kernel, parts[part]!(index), short, patience)
        ended?.(part)
      }
    } finally {
      next = parts.length
    }
  }
  const lanes = yield * wait(Promise.allSettled(Array.from({ length: Math.min(most, parts.length) }, lane)))
  const failed = lanes.find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
