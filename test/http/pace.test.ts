// Slow heads, bodies and readers: the time that is observed is the time that is configured, and who keeps pace is left alone.
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { service, type Service } from '../service.js'

const TIMES = { HEAD_TIMEOUT: '700', BODY_TIMEOUT: '1600', STALL_TIMEOUT: '800', TRANSFER_RATE: '1M' }

/** Milliseconds that may pass between two looks, and that a loaded machine may add. */
const LATE = 70 + 1500

const app = await service(t, { ...TIMES, MEMORY_LIMIT: '64M' })
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as AddressInfo

const HEAD = 'POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n'

class Client {
  readonly socket: Socket
  readonly start = performance.now()
  /** Milliseconds to the first byte that came, and to the end. */
  readonly answered: Promise<number>
  readonly ended: Promise<number>
  text = ''

  constructor () {
    this.socket = connect(port, '127.0.0.1').on('error', () => {}).on('data', chunk => { this.text += String(chunk) })
    const time = (): number => performance.now() - this.start
    this.answered = once(this.socket, 'data').then(time)
    this.answered.catch(() => {})
    this.ended = once(this.socket, 'close').then(time)
  }

  /** Writes one byte every `pause` milliseconds, until the connection ends. */
  async trickle (bytes: string, pause: number): Promise<void> {
    for (let at = 0; at < bytes.length && this.socket.writable; at++) {
      this.socket.write(bytes[at]!)
      await setTimeout(pause)
    }
  }
}

function within (t: Test, what: string, took: number, limit: number): void {
  t.ok(took >= limit - 5 && took <= limit + LATE, `${what} after ${took.toFixed(0)} ms, limit ${limit} ms`)
}

t.test('a head that trickles is answered with 408 when its time is over', async t => {
  const client = new Client()
  const writing = client.trickle(`GET /livez HTTP/1.1\r\nhost: ${'a'.repeat(1000)}`, 20)
  within(t, 'answered', await client.answered, 700)
  await client.ended
  await writing
  t.match(client.text, /^HTTP\/1\.1 408 [^]*connection: close[^]*"request_timeout"/)
})

t.test('a connection on which nothing comes is closed without a word', async t => {
  const client = new Client()
  within(t, 'closed', await client.ended, 700)
  t.equal(client.text, '')
})

t.test('a body that stops is answered with 408 when it has stopped for long', async t => {
  const client = new Client()
  client.socket.write(`${HEAD}content-length: 1000\r\n\r\n{`)
  within(t, 'answered', await client.answered, 800)
  await client.ended
  t.match(client.text, /^HTTP\/1\.1 408 [^]*connection: close[^]*nothing came for 800 ms[^]*"request_timeout"/i)
})

t.test('a body that trickles is answered with 408 when its time is over, whatever length it announced', async t => {
  for (const framing of ['content-length: 30000000', 'transfer-encoding: chunked']) {
    const client = new Client()
    client.socket.write(`${HEAD}${framing}\r\n\r\n`)
    const writing = client.trickle(framing.startsWith('t') ? '1\r\n \r\n'.repeat(200) : ' '.repeat(1000), 25)
    within(t, 'answered', await client.answered, 1600)
    client.socket.destroy()
    await writing
    t.match(client.text, /^HTTP\/1\.1 408 [^]*\d+ bytes came within \d+ ms/)
  }
})

t.test('a body that keeps pace may take longer than the time that small ones have', async t => {
  const client = new Client()
  const body = '{"input": 1, "target": 3}'.padEnd(9 * 2 ** 18)
  client.socket.write(`${HEAD}content-length: ${body.length}\r\n\r\n`)
  for (let at = 0; at < body.length; at += 2 ** 18) { // 0.25 MiB every 0.22 s: 1.14 MiB/s for 2 s
    client.socket.write(body.slice(at, at + 2 ** 18))
    await setTimeout(220)
  }
  t.ok(await client.answered > 1700, 'it took longer')
  t.match(client.text, /^HTTP\/1\.1 200 /)
  client.socket.destroy()
})

/** Asks for an answer of 32 MB, and reads nothing of it. */
async function deaf (): Promise<Client> {
  const client = new Client()
  client.socket.pause()
  const body = JSON.stringify({ input: { shape: [2000, 1], data: Array(2000).fill(0.5) }, target: { shape: [1, 2000], data: Array(2000).fill(1) }, reduction: 'none' })
  client.socket.write(`${HEAD}accept: application/vnd.safetensors\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  await setTimeout(0)
  return client
}

/** Whether the memory is free that such an answer takes: all but that of another. */
async function hasRoom (app: Service): Promise<boolean> {
  const body = '{"input": 1, "target": 3}'.padEnd(40_000_000)
  const { statusCode } = await app.inject({ method: 'POST', url: '/v1/losses/mse', headers: { 'content-type': 'application/json' }, payload: body })
  return statusCode === 200
}

t.test('a client that does not read its answer is cut when it has stalled for long, and its memory is free', async t => {
  const accepted = once(app.server, 'connection') as Promise<[Socket]>
  const { socket } = await deaf()
  const [server] = await accepted
  while (server.bytesWritten === 0) await setTimeout(5)
  const start = performance.now()
  await once(server, 'close')
  within(t, 'cut', performance.now() - start, 800)
  t.ok(await hasRoom(app), 'its memory is free')
  socket.destroy()
})

t.test('a client that reads slowly, but keeps pace, gets all of its answer', async t => {
  const client = await deaf()
  let bytes = 0
  client.socket.removeAllListeners('data')
  client.socket.on('data', chunk => {
    bytes += chunk.length
    client.socket.pause()
    setTimeout(chunk.length / 12_000).then(() => { client.socket.resume() }, t.error) // 12 MB/s
    if (bytes >= 32_000_000) client.socket.destroy()
  })
  client.socket.resume()
  await client.ended
  t.ok(bytes >= 32_000_000, `${bytes} bytes in ${(performance.now() - client.start).toFixed(0)} ms`)
  t.ok(performance.now() - client.start > 2000, 'it took longer than small answers have')
})

t.test('a body that waits for room is not slow', async t => {
  const crowded = await service(t, { ...TIMES, STALL_TIMEOUT: '300', MEMORY_LIMIT: '8M', MEMORY_WAIT: '5000' })
  await crowded.listen({ host: '127.0.0.1', port: 0 })
  const { port } = crowded.server.address() as AddressInfo
  const body = '{"input": 1, "target": 3}'.padEnd(6_000_000)
  const holder = connect(port, '127.0.0.1').on('error', () => {})
  holder.write(`${HEAD}content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`)
  await setTimeout(100)
  const trickling = setInterval(() => holder.write(' '), 100)
  const waiting = connect(port, '127.0.0.1')
  waiting.write(`${HEAD}content-length: ${body.length}\r\n\r\n${body}`)
  const [answer] = await once(waiting, 'data') as [Buffer]
  clearInterval(trickling)
  t.match(String(answer), /^HTTP\/1\.1 200 /)
  holder.destroy()
  waiting.destroy()
})
