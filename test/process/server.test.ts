import { once } from 'node:events'
import { request } from 'node:http'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { launch, peakMemory, startService } from './process.js'
import type { Upload } from './upload.js'

const MB = 1e6
/** Requests after which V8 has compiled what is hot; its compilers need memory too. */
const WARM = 1500

t.test('a bad variable ends the process with one readable line and exit code 2', async t => {
  for (const [env, line] of [
    [{ PORT: 'many' }, /^lossd: PORT=many: expected a whole number\n$/],
    [{ WORKERS: '0' }, /^lossd: WORKERS=0: expected at least 1\n$/],
    [{ MEMORY_LIMIT: '9G' }, /^lossd: MEMORY_LIMIT=9G: expected at most \d+ bytes\n$/],
    [{ LOG_LEVEL: 'loud' }, /^lossd: LOG_LEVEL=loud: .*\n$/],
    [{ HOST: '999.1.1.1' }, /^lossd: HOST=999\.1\.1\.1 PORT=0: .*\n$/],
    [{ API_KEYS: 'short' }, /^lossd: API_KEYS: a key needs at least 8 characters\n$/]
  ] as const) {
    const child = launch(env)
    let written = ''
    child.stderr!.on('data', (chunk: Buffer) => { written += String(chunk) })
    const [code] = await once(child, 'close') as [number]
    t.equal(code, 2, JSON.stringify(env))
    t.match(written, line)
  }
})

t.test('SIGTERM ends the process in order, with code 0, after what is under way', async t => {
  const { child, port } = await startService(t)
  const answer = post(port, '/v1/losses/mse', [Buffer.from('{"input": [1, 2], ')], () => { child.kill('SIGTERM') }, Buffer.from('"target": [1, 4]}'))
  const exit = once(child, 'exit')
  t.match(JSON.parse(await answer), { loss: 2 })
  const answered = performance.now()
  t.match(await exit, [0])
  t.ok(performance.now() - answered < 2000, 'and does not wait for the connection to be idle')
})

t.test('SIGTERM waits for an answer that is still being read', async t => {
  const { child, port } = await startService(t)
  const count = 500_000
  const body = JSON.stringify({ input: { shape: [count, 1], data: Array(count).fill(0.1) }, target: 0, reduction: 'none' })
  const reply = await fetch(`http://127.0.0.1:${port}/v1/losses/mse`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  child.kill('SIGTERM')
  await new Promise(resolve => setTimeout(resolve, 500))
  t.equal((await reply.json() as { loss: number[] }).loss.length, count)
  if (child.exitCode === null) await once(child, 'exit')
  t.equal(child.exitCode, 0)
})

t.test('a 128 MB safetensors body stays below body + 150 MB, and a tiny request meanwhile below 20 ms', async t => {
  const { port, pid } = await startService(t, { WORKERS: '2' })
  const count = 16_000_000
  const tiny = async (): Promise<number> => {
    const start = performance.now()
    await post(port, '/v1/losses/mse', [Buffer.from('{"input": 1, "target": 2}')])
    return performance.now() - start
  }
  for (let i = 0; i < WARM; i++) await tiny()

  const upload: Upload = { port, path: '/v1/losses/mse', count }
  const thread = new Worker(new URL('./upload.js', import.meta.url), { workerData: upload })
  const state = { done: false }
  const finished = (once(thread, 'message') as Promise<[{ size: number, answer: unknown }]>).finally(() => { state.done = true })
  const waits: number[] = []
  while (!state.done) waits.push(await tiny())
  const [{ size, answer }] = await finished
  t.match(answer, { loss: 0, divisor: count })
  waits.sort((a, b) => a - b)
  const [most, slowest] = [waits[Math.floor(waits.length * 0.9)]!, waits.at(-1)!]
  const above = (peakMemory(pid) - size) / MB
  t.comment({ tiny: waits.length, most, slowest, above })
  t.ok(waits.length > 10, `${waits.length} tiny requests were answered meanwhile`)
  t.ok(most < 20, `nine of ten took at most ${most.toFixed(1)} ms, the slowest ${slowest.toFixed(1)} ms`)
  t.ok(above < 150, `peak memory is ${above.toFixed(0)} MB above the body of ${(size / MB).toFixed(0)} MB`)
})

/** Sends a body in parts; `between` runs before the last one. */
async function post (
  port: number, path: string, parts: readonly Buffer[], between?: () => void, last?: Buffer
): Promise<string> {
  const length = [...parts, ...last === undefined ? [] : [last]].reduce((sum, part) => sum + part.length, 0)
  const client = request({ host: '127.0.0.1', port, path, method: 'POST', headers: { 'content-type': 'application/json', 'content-length': length } })
  const response = once(client, 'response') as Promise<[import('node:http').IncomingMessage]>
  for (const part of parts) if (!client.write(part)) await once(client, 'drain')
  if (between !== undefined) {
    await new Promise(resolve => setTimeout(resolve, 100))
    between()
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  client.end(last)
  const chunks: Buffer[] = []
  for await (const chunk of (await response)[0]) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
