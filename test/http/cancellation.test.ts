// A client that leaves, wherever its request stands: what was done for it stops, and its memory is free.
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { BatchMemory } from '../../src/engine/memory.js'
import { Pool } from '../../src/pool/pool.js'
import { writeSafetensors } from '../safetensors.js'

const config = readConfig({ LOG_LEVEL: 'silent', WORKERS: '1', MEMORY_LIMIT: '64M', MEMORY_WAIT: '20000' })
const memory = new BatchMemory(config.memoryLimit)
const pool = new Pool(memory, 1, config)
const app = await buildApp(config, memory, pool)
await app.listen({ host: '127.0.0.1', port: 0 })
t.teardown(async () => { await app.close() })
const { port } = app.server.address() as AddressInfo

/** Milliseconds: within the first no part of the work starts any more, within the second its memory is free; a busy machine is given more. */
const [STOPPED, FREE] = [100, 1000]

const rows = { shape: [4096, 128], data: new Float32Array(4096 * 128).map((_, i) => Math.sin(i)) }
/** Seconds of work. */
const LONG = post('/v1/losses/info_nce?gradients=query,key', 'application/vnd.safetensors', writeSafetensors({ query: rows, key: rows }))
const JSON_TYPE = 'application/json'

function post (path: string, type: string, body: Buffer | string, length = body.length): Buffer {
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`), Buffer.from(body)])
}

function send (bytes: Buffer): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write(bytes)
  return socket
}

async function within (limit: number, holds: () => boolean): Promise<number> {
  const start = performance.now()
  while (!holds() && performance.now() - start < limit) await setTimeout(2)
  return holds() ? performance.now() - start : Infinity
}

/** Bytes that are held, and claimed. */
const held = (): number => memory.reserved + memory.claimed

async function idle (): Promise<void> { await within(30_000, () => pool.running + pool.queued + held() === 0) }

t.test('in the middle of computing', async t => {
  const socket = send(LONG)
  await within(10_000, () => pool.running > 0 && held() > 0)
  await setTimeout(50)
  socket.resetAndDestroy()
  await setTimeout(5)
  t.ok(await within(3 * STOPPED, () => pool.running + pool.queued === 0) < Infinity, 'the threads are free')
  t.ok(await within(FREE, () => held() === 0) < Infinity, 'the memory is free')
})

t.test('waiting for a thread that works for somebody else', async t => {
  const first = send(LONG)
  await within(10_000, () => pool.running > 0)
  const before = held()
  const second = send(LONG)
  await within(10_000, () => held() > before && pool.queued > 0)
  second.destroy()
  t.ok(await within(FREE, () => held() <= before) < Infinity, 'its memory is free, while the other one is still computed')
  t.ok(pool.running > 0)
  first.destroy()
  await idle()
})

t.test('in the middle of the body, and in the line', async t => {
  const first = send(post('/v1/losses/mse', JSON_TYPE, '{', 13_000_000))
  await within(5000, () => memory.claimed > 0)
  const second = send(post('/v1/losses/mse', JSON_TYPE, '{', 13_000_000))
  await within(5000, () => memory.waiting === 1)
  second.destroy()
  t.ok(await within(FREE, () => memory.waiting === 0) < Infinity, 'nobody waits')
  first.resetAndDestroy()
  t.ok(await within(FREE, () => held() === 0) < Infinity, 'the memory is free')
})

t.test('in the middle of decoding', async t => {
  const text = `{"input": [${'0.123456789,'.repeat(1_000_000)}1], "target": 0}`
  const socket = send(post('/v1/losses/mse', JSON_TYPE, text))
  t.ok(await within(10_000, () => pool.running > 0) < Infinity, 'threads read the numbers')
  socket.resetAndDestroy()
  t.ok(await within(FREE, () => held() + pool.running === 0) < Infinity, 'the memory is free')
})

t.test('in the middle of the answer', async t => {
  const text = `{"input": {"shape": [1000, 1], "data": [${'0.5,'.repeat(999)}1]}, "target": {"shape": [1, 1000], "data": [${'0.25,'.repeat(999)}1]}, "reduction": "none"}`
  const socket = send(post('/v1/losses/mse', JSON_TYPE, text))
  await new Promise(resolve => { socket.once('data', resolve) })
  t.ok(held() > 0, 'there is more to come')
  socket.resetAndDestroy()
  t.ok(await within(FREE, () => held() + pool.running === 0) < Infinity, 'the memory is free')
})

t.test('after a deadline the memory is free as well', async t => {
  const socket = send(Buffer.from(LONG.toString('latin1').replace('query,key', 'query,key&timeout_ms=300'), 'latin1'))
  const [answer] = await Promise.all([new Promise(resolve => { socket.once('data', resolve) }), within(5000, () => pool.running > 0)])
  t.match(String(answer), /^HTTP\/1\.1 504 /)
  t.ok(await within(FREE, () => held() + pool.running === 0) < Infinity)
  socket.destroy()
})
