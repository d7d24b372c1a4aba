// A service under mixed traffic, with 5 % of it going wrong, and whether anything of it grows.
import { setTimeout } from 'node:timers/promises'
import { ask } from '../ask.js'
import { openDescriptors, residentMemory } from '../observe.js'
import { quantile, slopeOf, surely, type Sample } from './slopes.js'
import { traffic } from './traffic.js'

/** A figure with the most or the least that it may be. */
export interface Figure {
  readonly figure: string
  readonly value: number
  readonly bound: { readonly most?: number, readonly exactly?: number }
  readonly unit: string
}

export interface Plan {
  readonly url: string
  readonly pid: number
  readonly milliseconds: number
  /** How many times as slow the last tenth of tiny requests may be as the first, at the 99th percentile. */
  readonly slower: number
}

const CLIENTS = 6
const MiB = 2 ** 20
const HOUR = 3_600_000

/** Milliseconds between two samples. */
const PERIOD = 250

/** Milliseconds in which everything that is idle has ended: connections by their clients, log lines by their flush. */
const REST = 1500

/** The same traffic before anything is measured: V8 compiles what is hot, pools get their size, memory is touched for the first time. */
export async function warmUp (url: string, milliseconds: number): Promise<void> {
  await traffic(url, milliseconds, CLIENTS)
  await setTimeout(REST)
}

/** Puts the service under traffic, and gives what became of it. */
export async function soak ({ url, pid, milliseconds, slower }: Plan): Promise<Figure[]> {
  const descriptors = openDescriptors(pid)
  const watch = new Watch(url, pid)
  const { answered, mishaps, wrong, latencies } = await traffic(url, milliseconds, CLIENTS)
  const { memory, heap } = watch.stop()
  await setTimeout(REST)
  return [
    { figure: 'requests', value: answered + mishaps, bound: {}, unit: '' },
    { figure: 'of which went wrong on purpose', value: 100 * mishaps / (answered + mishaps), bound: {}, unit: '%' },
    { figure: `answers that were not as they should be${wrong.length > 0 ? ` (${wrong[0]})` : ''}`, value: wrong.length, bound: { exactly: 0 }, unit: '' },
    ...rising('resident memory', memory, milliseconds),
    ...heap.length > 0 ? rising('heap', heap, milliseconds) : [],
    { figure: 'open files and sockets above those before', value: openDescriptors(pid) - descriptors, bound: { most: 0 }, unit: '' },
    ...latency(latencies, slower)
  ]
}

/** What may be settling rather than leaking, in a run that is shorter than an hour: code that V8 compiles late, pages touched for the first time. */
const SETTLING = 8

function rising (what: string, samples: readonly Sample[], milliseconds: number): Figure[] {
  const slope = slopeOf(samples)
  const most = milliseconds >= HOUR ? 1 : SETTLING * HOUR / milliseconds
  return [
    { figure: `${what} at the end`, value: samples.at(-1)!.value, bound: {}, unit: 'MiB' },
    { figure: `slope of ${what}, ± ${(2 * slope.error).toPrecision(2)}`, value: slope.perHour, bound: {}, unit: 'MiB/h' },
    { figure: `slope of ${what} beyond doubt`, value: surely(slope), bound: { most }, unit: 'MiB/h' }
  ]
}

function latency (latencies: readonly number[], slower: number): Figure[] {
  const tenth = Math.ceil(latencies.length / 10)
  const [first, last] = [latencies.slice(0, tenth), latencies.slice(-tenth)].map(part => quantile(part, 0.99)) as [number, number]
  return [
    { figure: 'p99 of tiny requests in the first tenth', value: first, bound: {}, unit: 'ms' },
    { figure: 'p99 in the last tenth', value: last, bound: {}, unit: 'ms' },
    { figure: 'the last of the first', value: last / first, bound: { most: slower }, unit: '×' }
  ]
}

/** Takes samples of a process until it is stopped. */
class Watch {
  readonly #memory: Sample[] = []
  readonly #heap: Sample[] = []
  readonly #timer: NodeJS.Timeout
  readonly #start = performance.now()

  constructor (readonly url: string, pid: number) {
    this.#timer = setInterval(() => {
      const at = (performance.now() - this.#start) / 1000
      this.#memory.push({ at, value: residentMemory(pid) / MiB })
      this.#sampleHeap(at).catch(() => {})
    }, PERIOD)
  }

  /** Ends it. */
  stop (): { memory: readonly Sample[], heap: readonly Sample[] } {
    clearInterval(this.#timer)
    return { memory: this.#memory, heap: this.#heap }
  }

  /** Of a service that publishes it. */
  async #sampleHeap (at: number): Promise<void> {
    const { body } = await ask(`${this.url}/metrics`)
    const bytes = /^nodejs_heap_size_used_bytes (\S+)/m.exec(body.toString())?.[1]
    if (bytes !== undefined) this.#heap.push({ at, value: Number(bytes) / MiB })
  }
}
