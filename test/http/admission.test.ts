// Who is let in, who waits, and who is refused: by what bodies announce, before they are read.
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { BatchMemory } from '../../src/engine/memory.js'
import { silentService } from '../service.js'

const MiB = 2 ** 20
const HEAD = 'POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n'
const BODY = '{"input": 1, "target": 3}'
/** Claims all of the memory, of which it takes a third. */
const LARGE = 10 * MiB

/** A service with room for 30 MiB of claims, and for `queueLimit` who wait for that. */
async function crowded (t: Test, queueLimit: number, wait = 5000) {
  const memory = new BatchMemory(32 * MiB, { queueLimit, spare: 2 * MiB })
  const app = await silentService({ MEMORY_LIMIT: '32M', MEMORY_WAIT: String(wait) }, memory)
  const clients: Client[] = []
  t.teardown(async () => {
    for (const { socket } of clients) socket.destroy()
    await app.close()
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const open = (text: string): Client => {
    clients.push(new Client(port, text))
    return clients.at(-1)!
  }
  return { memory, open }
}

class Client {
  readonly socket: Socket
  text = ''
  closed = false
  readonly #start = performance.now()
  /** Milliseconds after which it was answered. */
  time = Infinity

  constructor (port: number, text: string) {
    this.socket = connect(port, '127.0.0.1').on('error', () => {}).on('close', () => { this.closed = true })
    this.socket.on('data', chunk => {
      this.time = Math.min(this.time, performance.now() - this.#start)
      this.text += String(chunk)
    })
    this.socket.write(text)
  }
}

async function until (holds: () => boolean, limit = 5000): Promise<void> {
  const end = performance.now() + limit
  while (!holds() && performance.now() < end) await setTimeout(5)
}

const announcing = (size: number, ...lines: string[]): string => `${[HEAD + `content-length: ${size}`, ...lines].join('\r\n')}\r\n\r\n`

t.test('who finds no place in the line is refused at once, before the body comes, and the connection ends', async t => {
  const { memory, open } = await crowded(t, 1)
  open(announcing(LARGE))
  await until(() => memory.claimed > 0)
  const waiting = open(announcing(LARGE))
  await until(() => memory.waiting === 1)
  const refused = open(announcing(LARGE))
  await until(() => refused.text !== '')
  t.match(refused.text, /^HTTP\/1\.1 503 [^]*\r\nretry-after: 1\r\n[^]*"code":"busy"/i)
  t.match(refused.text, /\r\nconnection: close\r\n/i)
  t.ok(refused.time < 500, `refused after ${refused.time} ms`)
  t.equal(memory.refused, 1)
  t.equal(waiting.text, '', 'the one in the line waits')
})

t.test('small requests are answered while large ones have claimed everything', async t => {
  const { memory, open } = await crowded(t, 0)
  open(announcing(Math.min(LARGE * 3, memory.capacity)))
  await until(() => memory.claimed > 0)
  t.equal(memory.claimed, memory.capacity)
  const small = open(announcing(BODY.length) + BODY)
  await until(() => small.text !== '')
  t.match(small.text, /^HTTP\/1\.1 200 /)
})

t.test('who waits is let in when room is given back, by a client that leaves as well', async t => {
  const { memory, open } = await crowded(t, 5)
  const first = open(announcing(LARGE))
  await until(() => memory.claimed > 0)
  const second = open(announcing(LARGE) + BODY.padEnd(LARGE))
  await until(() => memory.waiting === 1)
  first.socket.resetAndDestroy()
  await until(() => second.text !== '')
  t.match(second.text, /^HTTP\/1\.1 200 /)
  await until(() => memory.claimed === 0)
  t.same([memory.claimed, memory.reserved], [0, 0])
})

t.test('a body of unknown length claims as it comes, and ends when there is no more', async t => {
  const { memory, open } = await crowded(t, 5, 300)
  const chunked = open(`${HEAD}transfer-encoding: chunked\r\n\r\n`)
  const chunk = `100000\r\n${' '.repeat(MiB)}\r\n`
  chunked.socket.write(chunk)
  await until(() => memory.claimed >= 5 * MiB)
  t.ok(memory.claimed >= 5 * MiB && memory.claimed <= 15 * MiB, `${memory.claimed} bytes for a MiB`)
  open(announcing(3 * MiB))
  await until(() => memory.claimed >= 20 * MiB)
  for (let i = 0; i < 8; i++) chunked.socket.write(chunk)
  await until(() => chunked.text !== '')
  t.match(chunked.text, /^HTTP\/1\.1 503 [^]*"code":"busy"/)
  await until(() => memory.claimed <= 15 * MiB)
  t.equal(memory.claimed, 15 * MiB, 'what it had is free')
})

t.test('who asks before sending is told to go on when there is room', async t => {
  const { memory, open } = await crowded(t, 5)
  const first = open(announcing(LARGE))
  await until(() => memory.claimed > 0)
  const asking = open(announcing(LARGE, 'expect: 100-continue'))
  await until(() => memory.waiting === 1)
  t.equal(asking.text, '', 'nothing yet')
  first.socket.destroy()
  await until(() => asking.text !== '')
  t.match(asking.text, /^HTTP\/1\.1 100 Continue\r\n\r\n$/)
  asking.socket.write(BODY.padEnd(LARGE))
  await until(() => asking.text.includes('200'))
  t.match(asking.text, /\r\n\r\nHTTP\/1\.1 200 /)
})

t.test('who asks before sending is refused at once when there is no place, or when the body is too large', async t => {
  const { memory, open } = await crowded(t, 0)
  open(announcing(LARGE))
  await until(() => memory.claimed > 0)
  for (const [size, answer] of [[LARGE, /^HTTP\/1\.1 503 /], [40 * MiB, /^HTTP\/1\.1 413 /]] as const) {
    const asking = open(announcing(size, 'expect: 100-continue'))
    await until(() => asking.text !== '')
    t.match(asking.text, answer)
    t.match(asking.text, /\r\nconnection: close\r\n/i, 'nobody knows whether the body comes')
  }
})
