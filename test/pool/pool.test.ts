import t from 'tap'
import { BatchMemory } from '../../src/engine/memory.js'
import { Failure } from '../../src/errors.js'
import { Pool } from '../../src/pool/pool.js'

t.test('a kernel that traps fails its own call, and the thread goes on', async t => {
  const memory = new BatchMemory(16 * 2 ** 20)
  const pool = new Pool(memory, 1)
  t.teardown(async () => { await pool.close() })
  await t.rejects(pool.run('outline', 0xfffffff0), /out of bounds/)
  await t.rejects(pool.run('no_such_kernel', 0), { message: 'there is no kernel no_such_kernel' })
  const { address } = memory.tryReserve(128)!
  await t.resolves(pool.run('locate', address))
})

t.test('a kernel that traps on the thread that answers costs this its instance, and nothing else', async t => {
  const memory = new BatchMemory(16 * 2 ** 20)
  const pool = new Pool(memory, 1)
  t.teardown(async () => { await pool.close() })
  const { kernels } = pool
  const { address } = memory.tryReserve(128)!
  t.throws(() => { pool.call('outline', 0xfffffff0) }, /out of bounds/)
  t.not(pool.kernels, kernels)
  t.doesNotThrow(() => { pool.call('locate', address) })
})

t.test('regions are first-fit, grow in place, and become one again', async t => {
  const memory = new BatchMemory(8 * 2 ** 20)
  memory.open(1024)
  const all = memory.capacity
  const [a, b, c] = [memory.tryReserve(1000)!, memory.tryReserve(1000)!, memory.tryReserve(1000)!]
  t.equal(memory.reserved, 3 * 1024)
  b.release()
  b.release()
  t.equal(memory.reserved, 2 * 1024, 'a second release does nothing')
  t.ok(a.extend(2000), 'into the hole')
  t.notOk(a.extend(5000), 'not into the next region')
  t.equal(memory.tryReserve(all), null)
  a.release()
  c.release()
  t.equal(memory.tryReserve(all)?.address, 1024, 'everything is one hole again')
})

t.test('who waits is served in order, urgent ones first; a signal or the clock ends the wait', async t => {
  const memory = new BatchMemory(8 * 2 ** 20)
  memory.open(1024)
  const whole = memory.tryReserve(memory.capacity)!
  const order: string[] = []
  const wait = async (name: string, urgent: boolean): Promise<void> => {
    const region = await memory.reserve(1000, { wait: 1000, urgent })
    order.push(name)
    region.release()
  }
  const waiting = [wait('first', false), wait('second', false), wait('urgent', true)]
  t.equal(memory.waiting, 3)
  const controller = new AbortController()
  const given = memory.reserve(1000, { wait: 1000, signal: controller.signal })
  controller.abort(new Error('gone'))
  await t.rejects(given, { message: 'gone' })
  await t.rejects(memory.reserve(1000, { wait: 5 }), { code: 'busy' })
  await t.rejects(memory.reserve(memory.capacity + 1, { wait: 5 }), { code: 'too_large' })
  whole.release()
  await Promise.all(waiting)
  t.same(order, ['urgent', 'first', 'second'])
})

t.test('a call that waits for a thread is given up when its owner is withdrawn', async t => {
  const memory = new BatchMemory(8 * 2 ** 20)
  const pool = new Pool(memory, 1)
  t.teardown(async () => { await pool.close() })
  const owner = {}
  const call = pool.run('', 0, false, owner)
  const other = pool.run('', 0, false, {})
  t.equal(pool.queued, 3, 'the thread does not stand yet')
  pool.withdraw(owner, new Failure('client_closed', 'gone'))
  t.equal(pool.queued, 2)
  await t.rejects(call, { code: 'client_closed' })
  await other
})
