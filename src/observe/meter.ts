// What is counted of requests, by what they ask for: each entry of the catalogue has a meter, and what is no evaluation shares one. A
// request that is answered adds to plain numbers; labels are put beside them when somebody reads.
import { Distribution } from './distribution.js'

/** The parts of an evaluation that are timed. */
export const PHASES = ['ingest', 'decode', 'validate', 'compute', 'encode'] as const

export type Phase = typeof PHASES[number]

/** Formats of bodies; none is everything else, and no body. */
const FORMATS = ['json', 'safetensors', 'none'] as const

export type Bodies = typeof FORMATS[number]

/** Bounds in seconds: of whole requests, which are told apart finely, and of their phases. */
const REQUEST = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const PHASE = [0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10]

/** Meters that belong to no entry: several evaluations in one, nothing that is offered, and what is no evaluation. */
export const BATCH = 'batch'
export const COMPOSITE = 'composite'
export const UNKNOWN = 'unknown'
export const OTHER = 'none'

/** Durations of requests with bodies in one format, whose answers have statuses that begin alike, such as `2xx`. */
export interface Durations { readonly format: Bodies, readonly status: string, readonly durations: Distribution }

/** Requests with bodies in one format, by the status of their answers. */
export interface Answered { readonly format: Bodies, readonly status: number, readonly count: number }

export class Meter {
  /** Bytes of bodies and of answers. */
  received = 0
  sent = 0
  /** Losses that were not finite. */
  nonFinite = 0
  /** By phase; none, as long as no request had one. */
  readonly phases = new Map<string, Distribution>()
  readonly #durations: (Distribution | undefined)[] = []
  readonly #answers = new Map<number, number>()

  /** A phase of an evaluation has taken `seconds`. */
  phase (name: Phase, seconds: number): void {
    let phase = this.phases.get(name)
    if (phase === undefined) this.phases.set(name, phase = new Distribution(PHASE))
    phase.observe(seconds)
  }

  /** A request has been answered, in `seconds`. */
  answered (format: Bodies, status: number, seconds: number): void {
    const row = FORMATS.indexOf(format)
    const group = row * 10 + Math.floor(status / 100)
    this.#durations[group] ??= new Distribution(REQUEST)
    this.#durations[group].observe(seconds)
    const key = row * 1000 + status
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1)
  }

  get durations (): Durations[] {
    return this.#durations.flatMap((durations, group) =>
      durations === undefined ? [] : [{ format: FORMATS[Math.floor(group / 10)]!, status: `${group % 10}xx`, durations }])
  }

  get answers (): Answered[] {
    return [...this.#answers].map(([key, count]) => ({ format: FORMATS[Math.floor(key / 1000)]!, status: key % 1000, count }))
  }

  /** Forgets all. */
  clear (): void {
    this.received = this.sent = this.nonFinite = this.#durations.length = 0
    this.phases.clear()
    this.#answers.clear()
  }
}

/** The meters, by what is asked for. */
export class Meters {
  readonly #meters = new Map<string, Meter>()

  /** The meter of an entry's id, or of one of the names above: nothing that a caller chose. */
  of (name: string): Meter {
    let meter = this.#meters.get(name)
    if (meter === undefined) this.#meters.set(name, meter = new Meter())
    return meter
  }

  /** All, by name. */
  get all (): ReadonlyMap<string, Meter> { return this.#meters }

  /** Forgets what was counted. */
  clear (): void { for (const meter of this.#meters.values()) meter.clear() }
}
