import t from 'tap'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { BatchMemory } from '../../src/engine/memory.js'
import { Pool } from '../../src/pool/pool.js'

const WORKERS = 3

t.test('the service is there when its kernels stand in every thread, and not before', async t => {
  const config = readConfig({ LOG_LEVEL: 'silent', WORKERS: String(WORKERS), MEMORY_LIMIT: '16M' })
  const memory = new BatchMemory(config.memoryLimit)
  const pool = new Pool(memory, config.workers, { entry: new URL('./late.js', import.meta.url) })
  const app = await buildApp(config, memory, pool)
  t.teardown(async () => { await app.close() })
  t.equal(memory.view.getInt32(memory.bytes.length - 65536, true), WORKERS)
  t.equal(pool.size, WORKERS)
})

t.test('when a thread cannot be started, there is no service', async t => {
  const config = readConfig({ LOG_LEVEL: 'silent', WORKERS: '1', MEMORY_LIMIT: '16M' })
  const memory = new BatchMemory(config.memoryLimit)
  const pool = new Pool(memory, config.workers, { entry: new URL('./none.js', import.meta.url) })
  t.teardown(async () => { await pool.close() })
  await t.rejects(buildApp(config, memory, pool), /none\.js/)
})
