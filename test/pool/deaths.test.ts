// What becomes of calls, threads and memory when threads die.
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { BatchMemory } from '../../src/engine/memory.js'
import { compileKernels, Instance } from '../../src/engine/module.js'
import { Pool, type Terms } from '../../src/pool/pool.js'

/** A pool of threads that die when they are asked to. */
async function mortals (t: Test, workers: number, terms: Terms = {}) {
  const memory = new BatchMemory(16 * 2 ** 20)
  const pool = new Pool(memory, workers, { entry: new URL('./thread.js', import.meta.url), ...terms })
  t.teardown(async () => { await pool.close() })
  const losses: string[] = []
  pool.onLoss = ({ message }) => { losses.push(message) }
  await pool.ready
  return { memory, pool, losses, record: memory.tryReserve(1024)! }
}

/** Waits until it holds, or for ten seconds. */
async function until (holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < 1000; waited++) await delay(10)
}

for (const [death, reason] of [
  ['exit', /exited with code: 3/], ['heap', /memory limit/], ['late throw', /^late$/]
] as const) {
  t.test(`a thread that ends by ${death} costs its own call, which may be tried again; another takes its place`, async t => {
    const { pool, losses, record } = await mortals(t, 2)
    const dying = t.rejects(pool.run(death, record.address), { code: 'worker_lost', status: 503, headers: { 'retry-after': '1' } })
    const others = Array.from({ length: 20 }, async () => { await pool.run('locate', record.address) })
    await dying
    await t.resolves(Promise.all(others))
    await until(() => pool.size === 2)
    t.match(pool, { size: 2, restarts: 1 })
    t.equal(losses.length, 1)
    t.match(losses[0], reason)
    t.equal(pool.running, 0)
  })
}

t.test('a call that runs for too long ends with its thread, which has written its last when the call is rejected', async t => {
  const { memory, pool, losses, record } = await mortals(t, 1, { callLimit: 100 })
  const start = performance.now()
  const call = pool.run('loop', record.address)
  t.equal(pool.running, 1)
  const next = pool.run('locate', record.address + 64)
  await t.rejects(call, { message: 'the kernel loop ran for too long; its thread was ended' })
  t.ok(performance.now() - start >= 99, 'not before its time')
  t.equal(memory.view.getBigInt64(record.address, true), -1n, 'it did write')
  memory.bytes.fill(0, record.address, record.address + 8)
  await t.resolves(next, 'the call that waited goes to another thread')
  t.equal(memory.view.getBigInt64(record.address, true), 0n)
  t.same(losses, [])
  t.match(pool, { size: 1, restarts: 1, running: 0, queued: 0 })
})

t.test('calls that take less than the limit each are never ended, however many there are', async t => {
  const { pool, record } = await mortals(t, 1, { callLimit: 500 })
  const start = performance.now()
  while (performance.now() - start < 1500) await Promise.all(Array.from({ length: 50 }, async () => { await pool.run('locate', record.address) }))
  t.equal(pool.restarts, 0)
})

t.test('threads that cannot start are tried again; meanwhile calls are refused when there is no other', async t => {
  const { memory, pool } = await mortals(t, 2, { entry: new URL('./unwilling.js', import.meta.url) })
  const record = memory.tryReserve(1024)!
  const flag = new Int32Array(memory.memory.buffer, memory.bytes.length - 65536, 1)
  Atomics.store(flag, 0, 1)
  await t.rejects(pool.run('exit', record.address), { code: 'worker_lost' })
  await delay(300)
  t.equal(pool.size, 1)
  await t.resolves(pool.run('locate', record.address), 'the other thread goes on')
  await t.rejects(pool.run('exit', record.address), { code: 'worker_lost' })
  await t.rejects(pool.run('locate', record.address), { code: 'worker_lost' }, 'no thread is left, and none comes')
  Atomics.store(flag, 0, 0)
  await until(() => pool.size === 2)
  t.equal(pool.size, 2)
  await t.resolves(Promise.all(Array.from({ length: 10 }, async () => { await pool.run('locate', record.address) })))
})

t.test('a pool that closes lets calls under way end, and waits for no thread that dies meanwhile', async t => {
  const { pool, record } = await mortals(t, 2)
  const calls = Promise.allSettled([pool.run('exit', record.address), pool.run('locate', record.address), pool.run('late throw', record.address)])
  await pool.close()
  t.same((await calls).map(({ status }) => status), ['rejected', 'fulfilled', 'rejected'])
  t.match(pool, { running: 0, queued: 0, size: 0 })
})

t.test('a thread that cannot start at all is said so', async t => {
  const memory = new BatchMemory(16 * 2 ** 20)
  const pool = new Pool(memory, 1, { entry: new URL('./none.js', import.meta.url) })
  t.teardown(async () => { await pool.close() })
  await t.rejects(pool.ready, /none\.js/)
})

t.test('a trap costs an instance its state, and a new one takes its place', async t => {
  const memory = new BatchMemory(16 * 2 ** 20)
  const instance = new Instance(compileKernels(), memory.memory)
  const { kernels } = instance
  t.throws(() => { instance.call('outline', 0xfffffff0) }, { message: /^the kernel outline trapped: .*out of bounds/ })
  t.not(instance.kernels, kernels)
  t.equal(instance.kernels.heapBase, kernels.heapBase)
  const after = instance.kernels
  t.throws(() => { instance.call('no_such_kernel', 0) }, { message: 'there is no kernel no_such_kernel' })
  t.equal(instance.kernels, after, 'where nothing ran, nothing is lost')
})
