// Two replicas behind a balancer under constant load, to be restarted in one way or another.
import { startService, type Service } from '../process/process.js'
import type { Bench } from './arena.js'
import { sentinel, SENTINEL, SENTINEL_PATH } from './ask.js'
import { freePorts, startBalancer, type Balancer } from './balancer.js'
import { Load } from './load.js'

/** Milliseconds that a replica listens on after it was told to end: several checks of the balancer, even on a busy machine. */
const PAUSE = 500

const ENVIRONMENT = { WORKERS: '1', MEMORY_LIMIT: '64M', LOG_LEVEL: 'info', SHUTDOWN_PAUSE: String(PAUSE) }

export class Replicas {
  readonly #running: Service[] = []

  private constructor (readonly bench: Bench, readonly ports: readonly number[], readonly balancer: Balancer) {}

  /** Starts both, and the balancer, which sees them ready. */
  static async start (bench: Bench): Promise<Replicas> {
    const ports = await freePorts(2) as [number, number]
    const replicas = new Replicas(bench, ports, await startBalancer(bench.t, ports))
    for (const place of ports.keys()) await replicas.replace(place)
    return replicas
  }

  /** The process in place 0 or 1, or in the one that comes after so many of both. */
  at (place: number): Service { return this.#running[place % 2]! }

  /** Starts a replica where there is none; resolves when it says that it is ready. */
  async launch (place: number): Promise<void> {
    this.#running[place % 2] = await startService(this.bench.t, { ...ENVIRONMENT, PORT: String(this.ports[place % 2]) })
  }

  /** Starts a replica where there is none; resolves when the balancer sees all that run. */
  async replace (place: number): Promise<void> {
    await this.launch(place)
    await this.balancer.sees(this.#running.length)
  }

  /** So many clients that ask the balancer for the sentinel, and rest between answers. */
  async load (clients: number, rest: number): Promise<Load> {
    const answer = await sentinel(`http://127.0.0.1:${this.at(0).port}`)
    return new Load(this.balancer.port, { path: SENTINEL_PATH, body: SENTINEL, answer }, clients, rest)
  }
}
