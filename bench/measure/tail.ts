// The 99th percentile of small requests while large bodies repeat on another connection. Small ones start on a fixed
// schedule, whatever became of those before, so that a server that stalls does not thereby ask less of itself; large
// ones come from a thread of their own.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Connection } from '../client.js'
import type { Server } from '../servers.js'
import { quantile } from '../statistics.js'
import type { Effort, Task } from './task.js'

/** Milliseconds between small requests. */
const INTERVAL = 2
/** How many times longer than other figures: a percentile wants many requests. */
const LONGER = 4

/** Milliseconds that one small request in a hundred takes at least. */
export async function tail (server: Server, { request, load }: Task, { milliseconds }: Effort): Promise<number> {
  const uploads = await startUploads(server.ports[0]!, load!)
  const callers = new Callers(server.ports)
  try {
    const times = await schedule(callers, request, LONGER * milliseconds)
    return quantile(times, 0.99)
  } finally {
    callers.close()
    await stop(uploads)
  }
}

/** A thread that sends `load` again and again; returns when the first has been answered. */
async function startUploads (port: number, load: Buffer): Promise<Worker> {
  const shared = new SharedArrayBuffer(load.length)
  load.copy(Buffer.from(shared))
  const worker = new Worker(new URL('./upload.js', import.meta.url), { workerData: { port, load: shared } })
  await once(worker, 'message')
  return worker
}

/** Lets the body that is under way arrive. */
async function stop (worker: Worker): Promise<void> {
  worker.postMessage('stop')
  await once(worker, 'exit')
}

async function schedule (callers: Callers, request: Buffer, milliseconds: number): Promise<number[]> {
  const calls: Promise<number>[] = []
  await new Promise<void>(resolve => {
    const until = performance.now() + milliseconds
    const timer = setInterval(() => {
      calls.push(callers.call(request))
      if (performance.now() < until) return
      clearInterval(timer)
      resolve()
    }, INTERVAL)
  })
  return await Promise.all(calls)
}

/** Connections, as many as are needed at once, to every process of a server in turn. */
class Callers {
  readonly #idle: Connection[] = []
  readonly #all: Connection[] = []

  constructor (readonly ports: readonly number[]) {}

  /** Milliseconds until the answer. */
  async call (request: Buffer): Promise<number> {
    const start = performance.now()
    const connection = this.#idle.shift() ?? await this.#open()
    const { status, at } = await connection.exchange(request)
    if (status !== 200) throw new Error(`an answer with status ${status}`)
    this.#idle.push(connection)
    return at - start
  }

  async #open (): Promise<Connection> {
    const connection = await Connection.open(this.ports[this.#all.length % this.ports.length]!)
    this.#all.push(connection)
    return connection
  }

  close (): void { for (const connection of this.#all) connection.close() }
}
