// What GET /metrics tells, in the text format of Prometheus. Most is read when it is asked for; what requests add up as they go stands
// in meters.
import { collectDefaultMetrics, Counter, Gauge, Registry, type Metric } from 'prom-client'
import type { BatchMemory } from '../engine/memory.js'
import { droppedLines } from '../log.js'
import type { Pool } from '../pool/pool.js'
import type { Distribution } from './distribution.js'
import { Meters, type Meter } from './meter.js'

type Labels = Readonly<Record<string, string | number>>

/** What is to be told under one name: values, each with its labels. */
type Rows<T> = () => Iterable<readonly [Labels, T]>

let ofProcess: Registry | undefined

/** What concerns the process, which is watched once, however many services it has: memory, processor, event loop, collections. */
function processMetrics (): Registry {
  if (ofProcess === undefined) collectDefaultMetrics({ register: ofProcess = new Registry() })
  return ofProcess
}

export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE
  readonly meters = new Meters()
  readonly #own = new Registry()
  readonly #process = processMetrics()

  constructor (memory: BatchMemory, pool: Pool, version: string) {
    this.#gauge('lossd_info', 'The version that runs', [[{ version }, () => 1]])
    this.#ofRequests()
    this.#ofMemory(memory)
    this.#ofPool(pool)
    this.#counter('lossd_log_dropped_lines_total', 'Log lines that found no room', () => [[{}, droppedLines()]])
  }

  #ofRequests (): void {
    this.#counter('lossd_requests_total', 'Requests by what they asked for, the format of their bodies, and status',
      () => this.#rows(({ answers }) => answers.map(({ format, status, count }) => [{ format, status }, count])))
    this.#histogram('lossd_request_duration_seconds', 'Time from the head of a request to the end of its answer',
      () => this.#rows(({ durations }) => durations.map(({ format, status, durations }) => [{ format, status }, durations])))
    this.#histogram('lossd_phase_duration_seconds', 'Time that evaluations took for each of their phases',
      () => this.#rows(({ phases }) => [...phases].map(([phase, durations]) => [{ phase }, durations])))
    this.#counter('lossd_received_bytes_total', 'Bytes of bodies', () => this.#rows(({ received }) => received > 0 ? [[{}, received]] : []))
    this.#counter('lossd_sent_bytes_total', 'Bytes of answers', () => this.#rows(({ sent }) => sent > 0 ? [[{}, sent]] : []))
    this.#counter('lossd_non_finite_results_total', 'Evaluations whose loss, or an entry of it, is not finite',
      () => this.#rows(({ nonFinite }) => nonFinite > 0 ? [[{}, nonFinite]] : []))
  }

  /** What `of` tells of every meter, under its name. */
  * #rows<T> (of: (meter: Meter) => readonly (readonly [Labels, T])[]): Generator<[Labels, T]> {
    for (const [loss, meter] of this.meters.all) {
      for (const [labels, value] of of(meter)) yield [{ loss, ...labels }, value]
    }
  }

  #ofMemory (memory: BatchMemory): void {
    this.#gauge('lossd_memory_limit_bytes', 'Batch memory that requests may have', [[{}, () => memory.capacity]])
    this.#gauge('lossd_memory_claimed_bytes', 'Batch memory that requests were let in for', [[{}, () => memory.claimed]])
    this.#gauge('lossd_memory_used_bytes', 'Batch memory that requests have', [[{}, () => memory.reserved]])
    this.#gauge('lossd_memory_waiting_requests', 'Requests that wait for room', [[{}, () => memory.waiting]])
    this.#histogram('lossd_memory_wait_seconds', 'Time that requests waited for room, whether they got it or not', () => [[{}, memory.waits]])
    this.#counter('lossd_memory_refused_total', 'Requests that were refused at once, as too many waited for room', () => [[{}, memory.refused]])
  }

  #ofPool (pool: Pool): void {
    this.#gauge('lossd_evaluations_under_way', 'Requests that evaluate something now', [[{}, () => pool.visits]])
    this.#gauge('lossd_pool_threads', 'Threads that stand', [[{}, () => pool.size]])
    this.#gauge('lossd_pool_running_calls', 'Calls that threads run now', [[{}, () => pool.running]])
    this.#gauge('lossd_pool_waiting_calls', 'Calls that wait for a thread', [[{}, () => pool.queued]])
    this.#counter('lossd_pool_restarts_total', 'Threads that took the place of others which had ended', () => [[{}, pool.restarts]])
    this.#histogram('lossd_pool_wait_seconds', 'Time that calls waited for a thread', () => [[{}, pool.waits]])
  }

  #gauge (name: string, help: string, rows: readonly (readonly [Labels, () => number])[]): void {
    const labelNames = rows.flatMap(([labels]) => Object.keys(labels))
    const collect = (): void => { for (const [labels, value] of rows) gauge.set({ ...labels }, value()) }
    const gauge: Gauge = new Gauge({ name, help, labelNames, registers: [this.#own], collect })
  }

  #counter (name: string, help: string, rows: Rows<number>): void {
    const collect = (): void => {
      counter.reset()
      for (const [labels, value] of rows()) counter.inc({ ...labels }, value)
    }
    const counter: Counter = new Counter({ name, help, labelNames: ['loss', 'format', 'status'], registers: [this.#own], collect })
  }

  /** prom-client's own histograms are fed value by value; this one has its counts already, and is told as they are. */
  #histogram (name: string, help: string, rows: Rows<Distribution>): void {
    const get = async () => ({ name, help, type: 'histogram', values: [...rows()].flatMap(([labels, durations]) => lines(name, labels, durations)) })
    this.#own.registerMetric({ name, get } as unknown as Metric)
  }

  /** Forgets what was counted of requests. */
  clear (): void { this.meters.clear() }

  /** Everything as text. */
  async text (): Promise<string> { return `${await this.#own.metrics()}\n${await this.#process.metrics()}` }
}

/** A distribution as Prometheus has it: how many were within each bound, and within those before. */
function lines (name: string, labels: Labels, { bounds, counts, sum }: Distribution) {
  let count = 0
  const buckets = counts.map((own, at) => {
    count += own
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[at] ?? '+Inf' }, value: count }
  })
  return [...buckets, { metricName: `${name}_sum`, labels, value: sum }, { metricName: `${name}_count`, labels, value: count }]
}
