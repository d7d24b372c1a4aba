// A service that is told to end while clients of every kind are at it, without a balancer in front.
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Service } from '../process/process.js'
import type { Bench } from './arena.js'
import { ask, sentinel, SENTINEL, SENTINEL_PATH } from './ask.js'
import { listen, type Journal } from './journal.js'
import { Load } from './load.js'

/** What is sent in one piece, and the rest of it much later: longer than the service listens after it was told to end. */
const BODY = ['{"input": [1, 2, 3], "target": ', '[1, 2, 6]}'] as const

/** Elements of an answer that no socket buffers hold. */
const LARGE = 1_000_000

/** How a request fails that is refused in words. */
const CLOSING = '503 closing'

/** Clients that ask small things until nobody listens; the kernel may hold a connection of each when listening ends. */
const CLIENTS = 4

/** Tells `service`, which listens for `pause` ms more, to end, and measures what becomes of its clients. */
export async function depart (bench: Bench, { child, port }: Service, pause: number): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const late = pause + 1000
  const question = { path: SENTINEL_PATH, body: SENTINEL, answer: await sentinel(url) }
  await setTimeout(500)
  const journal = listen(child)
  const load = new Load(port, question, CLIENTS, 5)
  const clients = [0, 1, 2, 3].flatMap(() => [upload(port, late), download(port, late)])
  await setTimeout(1000)
  const exit = once(child, 'exit') as Promise<[number | null]>
  const told = performance.now()
  child.kill('SIGTERM')
  const { unready, refused } = await watch(url)
  const whole = (await Promise.all(clients)).filter(right => right).length
  const [code] = await exit
  const ended = performance.now() - told
  await load.stop()
  bench.measure('readiness is false after SIGTERM within', unready - told, { most: 1000 }, 'ms')
  bench.measure('listening ends after SIGTERM, and after readiness, by', refused - told, { least: pause, most: pause + 2000 }, 'ms')
  bench.measure('slow uploads and downloads answered in whole', whole, { exactly: clients.length })
  bench.measure('small requests answered', load.answered, { least: 100 })
  bench.measure('small requests that were taken, and not answered', taken(journal) - load.answered - load.count(how => how === CLOSING), { exactly: 0 })
  bench.measure('connections that were reset before they were taken', load.count(how => how.includes('RESET')), { most: CLIENTS })
  bench.measure('requests that failed otherwise', load.count(how => how !== CLOSING && !/RESET|ECONNREFUSED/.test(how)), { exactly: 0 })
  bench.measure('wrong answers', load.wrong, { exactly: 0 })
  bench.measure('exit code', code ?? -1, { exactly: 0 })
  bench.measure('time from SIGTERM to exit', ended, { most: 25_000 }, 'ms')
}

/** Small requests that the service took, as its log has them. */
function taken ({ lines }: Journal): number { return lines.filter(({ path }) => path === SENTINEL_PATH).length }

/** When the service says that it is not ready, and when nobody listens any more. */
async function watch (url: string): Promise<{ unready: number, refused: number }> {
  let unready = Infinity
  for (;;) {
    const status = await ask(`${url}/readyz`).then(reply => reply.status, () => null)
    if (status === 503) unready = Math.min(unready, performance.now())
    if (status === null) return { unready, refused: performance.now() }
    await setTimeout(20)
  }
}

/** Sends a body whose second half comes `wait` ms after the first one; whether the answer is right. */
async function upload (port: number, wait: number): Promise<boolean> {
  const [first, rest] = BODY
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  const answer = textOf(socket)
  socket.write(headOf(first.length + rest.length) + first)
  await setTimeout(wait + 1000)
  socket.write(rest)
  return /^HTTP\/1\.1 200 .*"loss":3,/s.test(await answer)
}

/** Asks for a large answer, of which nothing is read for `wait` ms; whether all of it comes. */
async function download (port: number, wait: number): Promise<boolean> {
  const body = `{"input": {"shape": [${LARGE}, 1], "data": [${'0.5,'.repeat(LARGE - 1)}0.5]}, "target": 0, "reduction": "none"}`
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write(headOf(body.length) + body)
  await setTimeout(wait + 1000)
  const text = await textOf(socket)
  return text.startsWith('HTTP/1.1 200 ') && text.split('0.25').length === LARGE + 1
}

function headOf (length: number): string {
  return `POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`
}

/** All that comes until the connection ends. */
async function textOf (socket: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1')
}
