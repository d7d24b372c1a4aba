import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { startService, type Service } from './process.js'

const JSON_TYPE = { 'content-type': 'application/json' }

t.test('SIGTERM turns readiness false at once, while requests are served, and connections end with them, until the pause is over', async t => {
  const { child, port } = await startService(t, { SHUTDOWN_PAUSE: '1500' })
  const url = `http://127.0.0.1:${port}`
  t.equal((await fetch(`${url}/readyz`)).status, 200)
  const end = told(child, 'SIGTERM')
  let unready = await fetch(`${url}/readyz`)
  while (unready.status === 200) unready = await fetch(`${url}/readyz`)
  t.match(await unready.json(), { code: 'closing' })
  const reply = await fetch(`${url}/v1/losses/mse`, { method: 'POST', headers: JSON_TYPE, body: '{"input": 1, "target": 2}' })
  t.equal(reply.status, 200)
  t.equal(reply.headers.get('connection'), 'close')
  const { code, after } = await end
  t.equal(code, 0)
  t.ok(after >= 1500 && after < 4000, `it ends ${after.toFixed(0)} ms after SIGTERM`)
})

t.test('SIGINT, as Ctrl-C sends it, ends without a pause', async t => {
  const { child } = await startService(t)
  const { code, after } = await told(child, 'SIGINT')
  t.equal(code, 0)
  t.ok(after < 4000, `it ends after ${after.toFixed(0)} ms`)
})

t.test('a second signal ends the process at once', async t => {
  const { child } = await startService(t)
  let written = ''
  child.stderr!.on('data', (chunk: Buffer) => { written += String(chunk) })
  const end = told(child, 'SIGTERM')
  await setTimeout(300)
  child.kill('SIGTERM')
  const { code, after } = await end
  t.equal(code, 1)
  t.ok(after < 4000, `it ends after ${after.toFixed(0)} ms`)
  t.equal(written, 'lossd: second SIGTERM, exiting\n')
})

t.test('a body whose end comes after SIGTERM is evaluated, and its connection ends', async t => {
  const { child, port } = await startService(t, { SHUTDOWN_PAUSE: '0' })
  const client = post(port, 38)
  client.write('{"input": [1, 2], ')
  await setTimeout(300)
  const end = told(child, 'SIGTERM')
  await setTimeout(300)
  client.write('"target": [1,    4]}')
  const answer = await textOf(client)
  const answered = performance.now()
  t.match(answer, /^HTTP\/1\.1 200 OK\r\n.*"loss":2,/s)
  t.equal((await end).code, 0)
  t.ok(performance.now() - answered < 2000, 'and the process does not wait for anything else')
})

t.test('SIGTERM waits for an answer that is still being read', async t => {
  const { child, port } = await startService(t, { SHUTDOWN_PAUSE: '0' })
  const count = 500_000
  const body = JSON.stringify({ input: { shape: [count, 1], data: Array(count).fill(0.1) }, target: 0, reduction: 'none' })
  const reply = await fetch(`http://127.0.0.1:${port}/v1/losses/mse`, { method: 'POST', headers: JSON_TYPE, body })
  const end = told(child, 'SIGTERM')
  await setTimeout(500)
  t.equal((await reply.json() as { loss: number[] }).loss.length, count)
  t.equal((await end).code, 0)
})

t.test('a connection that never brought a request does not keep the process', async t => {
  const { child, port } = await startService(t, { SHUTDOWN_PAUSE: '0' })
  await once(connect(port, '127.0.0.1').on('error', () => {}), 'connect')
  await setTimeout(100)
  const { code, after } = await told(child, 'SIGTERM')
  t.equal(code, 0)
  t.ok(after < 4000, `it ends after ${after.toFixed(0)} ms`)
})

t.test('a body that does not end, and an answer that nobody reads, are given up within SHUTDOWN_LIMIT, the former in words', async t => {
  const { child, port } = await startService(t, { SHUTDOWN_PAUSE: '0', SHUTDOWN_LIMIT: '4000' })
  let log = ''
  child.stdout!.on('data', (chunk: Buffer) => { log += String(chunk) })
  const endless = post(port, 100)
  endless.write('{')
  const count = 2_000_000
  const large = `{"input": {"shape": [${count}, 1], "data": [${'0.1,'.repeat(count - 1)}1]}, "target": 0, "reduction": "none"}`
  const unread = post(port, large.length).pause()
  unread.write(large)
  await setTimeout(3000)
  const end = told(child, 'SIGTERM')
  t.match(await textOf(endless), /^HTTP\/1\.1 503 .*"code":"closing"/s)
  const { code, after } = await end
  t.equal(code, 0)
  t.ok(after < 4500, `it ends after ${after.toFixed(0)} ms`)
  t.match(log, /"cut":1,/)
  unread.destroy()
})

t.test('an error that nobody catches is in the log, and ends the process with code 1', async t => {
  const { child } = await startService(t, {}, including('process.on("SIGUSR1", () => { throw new Error("planted") })'))
  let log = ''
  child.stdout!.on('data', (chunk: Buffer) => { log += String(chunk) })
  const { code } = await told(child, 'SIGUSR1')
  t.equal(code, 1)
  t.match(log, /"level":60,.*planted/)
})

t.test('a log that nobody reads, and warnings that nobody reads, end nothing', async t => {
  const { child, port } = await startService(t, {}, including('setInterval(() => { process.emitWarning("planted") }, 100).unref()'))
  child.stdout!.destroy()
  child.stderr!.destroy()
  await setTimeout(500)
  t.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200)
  t.equal(child.exitCode, null)
})

/** What has to be put in front of the command so that the process runs `code` as well. */
function including (code: string): string[] { return ['env', `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(code)}`] }

/** Sends `signal`; gives the exit code, and the milliseconds until then. */
async function told (child: Service['child'], signal: NodeJS.Signals): Promise<{ code: number | null, after: number }> {
  const start = performance.now()
  const exit = once(child, 'close') as Promise<[number | null]>
  child.kill(signal)
  const [code] = await exit
  return { code, after: performance.now() - start }
}

/** Begins to post a body of `length` bytes. */
function post (port: number, length: number): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write(`POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`)
  return socket
}

/** All that comes until the connection ends. */
async function textOf (socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
