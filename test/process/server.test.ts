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
    [{ SHUTDOWN_PAUSE: '20000' }, /^lossd: SHUTDOWN_PAUSE=20000: expected at most half of SHUTDOWN_LIMIT\n$/],
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

t.test('a 128 MB safetensors body stays below body + 150 MB, and a tiny request meanwhile below 20 ms', async t => {
  const { port, pid } = await startService(t, { WORKERS: '2' })
  const count = 16_000_000
  const tiny = async (): Promise<number> => {
    const start = performance.now()
    await post(port, '/v1/losses/mse', '{"input": 1, "target": 2}')
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

/** Sends a small body; gives the answer's. */
async function post (port: number, path: string, body: string): Promise<string> {
  const client = request({ host: '127.0.0.1', port, path, method: 'POST', headers: { 'content-type': 'application/json', 'content-length': body.length } })
  const response = once(client, 'response') as Promise<[import('node:http').IncomingMessage]>
  client.end(body)
  const chunks: Buffer[] = []
  for await (const chunk of (await response)[0]) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
