import { once } from 'node:events'
import { request } from 'node:http'
import t from 'tap'
import { launch, peakMemory, startService } from './process.js'

const MB = 1e6

t.test('a bad variable ends the process with one readable line and exit code 2', async t => {
  for (const [env, line] of [
    [{ PORT: 'many' }, /^lossd: PORT=many: expected a whole number\n$/],
    [{ WORKERS: '0' }, /^lossd: WORKERS=0: expected at least 1\n$/],
    [{ MEMORY_LIMIT: '9G' }, /^lossd: MEMORY_LIMIT=9G: expected at most \d+ bytes\n$/],
    [{ LOG_LEVEL: 'loud' }, /^lossd: LOG_LEVEL=loud: .*\n$/],
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
  t.match(await exit, [0])
})

t.test('a 128 MB safetensors body stays below body + 150 MB, and a tiny request meanwhile below 20 ms', async t => {
  const { port, pid } = await startService(t, { WORKERS: '2' })
  const count = 16_000_000
  const header = Buffer.from(JSON.stringify({
    input: { dtype: 'F32', shape: [count], data_offsets: [0, count * 4] }, target: { dtype: 'F32', shape: [count], data_offsets: [count * 4, count * 8] }
  }))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(header.length))
  const slice = Buffer.alloc(1_000_000)
  const body = [prefix, header, ...Array.from({ length: count * 8 / slice.length }, () => slice)]
  const size = body.reduce((sum, part) => sum + part.length, 0)
  for (let i = 0; i < 20; i++) await post(port, '/v1/losses/mse', [Buffer.from('{"input": 1, "target": 2}')])

  let done = false
  const large = post(port, '/v1/losses/mse', body, undefined, undefined, 'application/vnd.safetensors').finally(() => { done = true })
  const waits: number[] = []
  while (!done) {
    const start = performance.now()
    await post(port, '/v1/losses/mse', [Buffer.from('{"input": 1, "target": 2}')])
    waits.push(performance.now() - start)
  }
  t.match(JSON.parse(await large), { loss: 0, divisor: count })
  waits.sort((a, b) => a - b)
  const middle = waits[waits.length >> 1]!
  t.ok(waits.length > 3, `${waits.length} tiny requests were answered meanwhile`)
  t.ok(middle < 20, `the middle one took ${middle.toFixed(1)} ms, the slowest ${waits.at(-1)!.toFixed(1)} ms`)
  const above = (peakMemory(pid) - size) / MB
  t.ok(above < 150, `peak memory is ${above.toFixed(0)} MB above the body of ${(size / MB).toFixed(0)} MB`)
  t.comment({ tiny: waits.length, middle, slowest: waits.at(-1), above })
})

/** Sends a body in parts; `between` runs before the last one. */
async function post (
  port: number, path: string, parts: readonly Buffer[], between?: () => void, last?: Buffer, type = 'application/json'
): Promise<string> {
  const length = [...parts, ...last === undefined ? [] : [last]].reduce((sum, part) => sum + part.length, 0)
  const client = request({ host: '127.0.0.1', port, path, method: 'POST', headers: { 'content-type': type, 'content-length': length } })
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
