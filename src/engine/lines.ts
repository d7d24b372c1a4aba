// Those who wait for room in the batch memory, in two lines: requests that hold regions already go before those that only arrive. Who came
// first is served first; nobody small overtakes, so nobody large starves.
import { Failure } from '../errors.js'
import { Distribution, WAITS } from '../observe/distribution.js'
import type { Region } from './memory.js'

/** How long to wait for room, and for whom. */
export interface Patience {
  /** Milliseconds until a `busy` failure. */
  readonly wait: number
  readonly signal?: AbortSignal | undefined
  /** A request that holds regions already goes before those that only arrive. */
  readonly urgent?: boolean
}

/** What somebody waits for: a region, and to be let in for `claim` bytes in all. */
export interface Need { readonly size: number, readonly claim: number }

interface Waiter extends Need { readonly accept: (region: Region) => void }

export class Lines {
  readonly #urgent: Waiter[] = []
  readonly #patient: Waiter[] = []
  /** Requests that were told at once that it is busy, as the line was full. */
  refused = 0
  /** How long others waited, whether they got what they needed or not. */
  readonly waits = new Distribution(WAITS)

  /** Lets at most `most` requests wait that only arrive; `meet` gives what is needed, or null when it is not there. */
  constructor (readonly most: number, readonly meet: (need: Need) => Region | null) {}

  get size (): number { return this.#urgent.length + this.#patient.length }

  /** Whether nobody would be overtaken. */
  isFree ({ urgent }: Patience): boolean { return this.#urgent.length === 0 && (urgent === true || this.#patient.length === 0) }

  /** Waits for what is needed. @throws Failure `busy`, at once when there is no place in the line; or the signal's reason */
  async wait (need: Need, patience: Patience): Promise<Region> {
    const line = patience.urgent === true ? this.#urgent : this.#patient
    if (line === this.#patient && line.length >= this.most) {
      this.refused++
      throw busy(`no room for ${need.size} bytes, and ${line.length} requests wait for room already`)
    }
    return await this.#stand(line, need, patience)
  }

  #stand (line: Waiter[], need: Need, { wait, signal }: Patience): Promise<Region> {
    const since = performance.now()
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waits.observe((performance.now() - since) / 1000)
        clearTimeout(timer)
        signal?.removeEventListener('abort', give)
        const at = line.indexOf(waiter)
        if (at >= 0) line.splice(at, 1)
      }
      const waiter: Waiter = { ...need, accept: region => { leave(); resolve(region) } }
      const give = (): void => { leave(); reject(reasonOf(signal!)); this.serve() }
      const timer = setTimeout(() => {
        leave()
        reject(busy(`no room for ${need.size} bytes within ${wait} ms`))
        this.serve()
      }, wait)
      if (signal?.aborted === true) return give()
      signal?.addEventListener('abort', give)
      line.push(waiter)
    })
  }

  /** Gives what has become free to those who wait. */
  serve (): void {
    for (const line of [this.#urgent, this.#patient]) {
      for (let first = line[0]; first !== undefined; first = line[0]) {
        const region = this.meet(first)
        if (region === null) return
        first.accept(region)
      }
    }
  }
}

function busy (detail: string): Failure { return new Failure('busy', detail, [], { 'retry-after': '1' }) }

/** Why a signal fired: here always a Failure. */
function reasonOf (signal: AbortSignal): Error { return signal.reason as Error }
