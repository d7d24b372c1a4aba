import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { BatchMemory } from '../../src/engine/memory.js'
import { Pool } from '../../src/pool/pool.js'
import { service } from '../service.js'

const WORKERS = 2
const config = readConfig({ LOG_LEVEL: 'silent', WORKERS: String(WORKERS), MEMORY_LIMIT: '16M' })

t.test('the service is there when its kernels stand in every thread, and not before', async t => {
  const memory = new BatchMemory(config.memoryLimit)
  const words = new Int32Array(memory.memory.buffer, memory.bytes.length - 65536, 2)
  const pool = new Pool(memory, config.workers, { entry: new URL('./late.js', import.meta.url) })
  const state = { built: false }
  const building = buildApp(config, memory, pool).finally(() => { state.built = true })
  while (Atomics.load(words, 0) < WORKERS) await delay(10)
  await service(t)
  t.notOk(state.built, 'while another one, begun later, is there')
  Atomics.store(words, 1, 1)
  Atomics.notify(words, 1)
  const app = await building
  t.teardown(async () => { await app.close() })
  t.equal(pool.size, WORKERS)
})

t.test('when a thread cannot be started, there is no service', async t => {
  const memory = new BatchMemory(config.memoryLimit)
  const pool = new Pool(memory, config.workers, { entry: new URL('./none.js', import.meta.url) })
  t.teardown(async () => { await pool.close() })
  await t.rejects(buildApp(config, memory, pool), /none\.js/)
})
