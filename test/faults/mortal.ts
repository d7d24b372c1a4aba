// The service with threads that die when a request asks for it, and with a second set of books of its memory, which `GET /books` shows.
import type { AddressInfo } from 'node:net'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { Pool } from '../../src/pool/pool.js'
import { GuardedMemory } from '../engine/guarded.js'
import { watchRecovery } from './recovery.js'

/** What the service knows of its threads and of its memory. */
export interface Books {
  readonly size: number
  readonly restarts: number
  readonly running: number
  readonly queued: number
  readonly calls: number
  readonly reserved: number
  readonly violations: readonly string[]
  /** Milliseconds that each missing thread was missing. */
  readonly recoveries: readonly number[]
}

class CountingPool extends Pool {
  calls = 0

  override async run (kernel: string, record: number, short?: boolean, owner?: object): Promise<void> {
    this.calls++
    await super.run(kernel, record, short, owner)
  }
}

const config = readConfig(process.env)
const memory = new GuardedMemory(config.memoryLimit)
const pool = new CountingPool(memory, config.workers, { ...config, entry: new URL('../pool/thread.js', import.meta.url) })
const app = await buildApp(config, memory, pool)
const recoveries = watchRecovery(pool)
app.get('/books', async (): Promise<Books> => {
  const { size, restarts, running, queued, calls } = pool
  return { size, restarts, running, queued, calls, reserved: memory.reserved, violations: memory.violations, recoveries }
})
await app.listen({ host: config.host, port: config.port })
app.log.info(`lossd is ready at http://${config.host}:${(app.server.address() as AddressInfo).port}`)
