// A thousand clients at a time whose heads or bodies come a byte at a time, and readers that do not read: each is cut when
// its time is over, and who sends and reads as usual notices nothing.
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { fault, short, type Arena } from './arena.js'
import { ask, SENTINEL, SENTINEL_PATH } from './ask.js'
import { Load } from './load.js'

/** Milliseconds: the limits as they are by default; less in the short form. */
const LIMITS = short
  ? { HEAD_TIMEOUT: 1000, BODY_TIMEOUT: 2000, STALL_TIMEOUT: 2000 }
  : { HEAD_TIMEOUT: 10_000, BODY_TIMEOUT: 30_000, STALL_TIMEOUT: 30_000 }

/** Milliseconds after its limit in which a connection has to be gone: the interval of looking, and the time to read the answer. */
const [HEAD_LATE, LATE] = [2000, 5000]

const [CLIENTS, READERS] = [1000, 3]

/** Milliseconds between two bytes of one client. */
const PAUSE = 300

const NUMBERS = { WORKERS: 2, MAX_CONNECTIONS: 2000, ...LIMITS }
const env = Object.fromEntries(Object.entries(NUMBERS).map(([name, value]) => [name, String(value)]))

/** A client that goes on sending one byte at a time, whatever is answered. */
class Trickle {
  /** Milliseconds from its first byte to the end of the connection. */
  readonly gone: Promise<number>
  /** What came back. */
  text = ''
  readonly #socket: Socket

  constructor (port: number, start: string, readonly more: string) {
    const begun = performance.now()
    const socket = this.#socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
    socket.on('data', chunk => { this.text += String(chunk) })
    this.gone = new Promise(resolve => { socket.on('close', () => { resolve(performance.now() - begun) }) })
    socket.write(start)
    this.#goOn().catch(() => {})
  }

  async #goOn (): Promise<void> {
    for (let at = 0; this.#socket.writable; at = (at + 1) % this.more.length) {
      await setTimeout(PAUSE * (0.5 + Math.random()))
      this.#socket.write(this.more.charAt(at))
    }
  }
}

/** Answers a second of a load that leaves the service most of its time, for `ms` milliseconds. */
async function pace (load: Load, ms: number): Promise<number> {
  const before = load.answered
  const start = performance.now()
  await setTimeout(ms)
  return 1000 * (load.answered - before) / (performance.now() - start)
}

/** What a slow client says at once, and what it goes on with. */
type Manner = readonly [start: string, more: string]

/** Opens slow clients one after the other, of each kind in turn. */
async function open (port: number, manners: readonly Manner[]): Promise<Trickle[]> {
  const clients: Trickle[] = []
  while (clients.length < CLIENTS) {
    clients.push(new Trickle(port, ...manners[clients.length % manners.length]!))
    if (clients.length % 50 === 0) await setTimeout(10)
  }
  return clients
}

/** Slow clients beside good ones: when they are gone, what they cost, and what the good ones notice. */
async function trickle (arena: Arena, manners: readonly Manner[], most: number): Promise<void> {
  const load = new Load(arena.port, { path: SENTINEL_PATH, body: SENTINEL }, 4, 20)
  await setTimeout(500)
  const alone = await pace(load, 2000)
  const before = arena.rss()
  const clients = await open(arena.port, manners)
  const beside = await pace(load, 1500)
  const memory = (arena.rss() - before) / 1024 / CLIENTS
  const times = await Promise.all(clients.map(async ({ gone }) => await gone))
  await load.stop()
  arena.measure('clients', CLIENTS, { least: CLIENTS })
  arena.measure('clients that got an answer before: 408', clients.filter(({ text }) => text.startsWith('HTTP/1.1 408 ')).length, { exactly: CLIENTS })
  arena.measure('ms until the last is gone', Math.max(...times), { most }, 'ms')
  arena.measure('good requests that failed, or were answered otherwise', load.failed + load.wrong, { exactly: 0 })
  arena.measure('throughput of good requests, of that before', beside / alone, { least: arena.scale(0.95, 0.6) })
  arena.measure('memory for each slow connection', memory, { most: 64 }, 'KiB')
}

const POST = 'POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n'

fault({ faults: ['F3'], title: 'heads that come a byte at a time are cut', env }, async arena => {
  await trickle(arena, [['GET /livez HTTP/1.1\r\nhost: a\r\nx: ', 'a']], LIMITS.HEAD_TIMEOUT + HEAD_LATE)
})

fault({ faults: ['F3'], title: 'bodies that come a byte at a time are cut', env }, async arena => {
  const bodies: Manner[] = [[`${POST}content-length: 10000\r\n\r\n{`, ' '], [`${POST}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n']]
  await trickle(arena, bodies, LIMITS.BODY_TIMEOUT + LATE)
})

const SIDE = 2896
const operand = (shape: number[]) => ({ shape, data: Array<number>(SIDE).fill(0.5) })

/** A request whose answer has 64 MiB. */
const LARGE = JSON.stringify({ input: operand([SIDE, 1]), target: operand([1, SIDE]), reduction: 'none' })

/** So many of those answers at a time, which are read. */
async function readAll ({ url }: Arena): Promise<void> {
  const headers = { 'content-type': 'application/json', accept: 'application/vnd.safetensors' }
  await Promise.all(Array.from({ length: READERS }, async () => await ask(`${url}/v1/losses/mse`, { headers, body: LARGE })))
}

fault({ faults: ['F3'], title: 'readers that do not read are cut', env: { ...env, MEMORY_LIMIT: '1G' }, before: readAll }, async arena => {
  const before = arena.sockets()
  const start = performance.now()
  const deaf = Array.from({ length: READERS }, () => connect(arena.port, '127.0.0.1').on('error', () => {}).pause())
  for (const socket of deaf) socket.write(`${POST}accept: application/vnd.safetensors\r\ncontent-length: ${LARGE.length}\r\n\r\n${LARGE}`)
  while (arena.sockets() === before) await setTimeout(10)
  while (arena.sockets() > before && performance.now() - start < 60_000) await setTimeout(50)
  arena.measure('ms until the last is gone', performance.now() - start, { most: LIMITS.STALL_TIMEOUT + LATE }, 'ms')
  for (const socket of deaf) socket.destroy()
})
