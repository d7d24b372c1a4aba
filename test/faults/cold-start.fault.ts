// Requests from the first moment on at which a service can be reached.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { launch } from '../process/process.js'
import { faultOfItsOwn } from './arena.js'
import { ask, sentinel } from './ask.js'

/** Requests of one start after which it is warm, and that are timed then. */
const [WARM, TIMED] = [100, 200]

/** A port that nobody listens on. */
async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Milliseconds that it takes. */
async function timed (act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

/** Asks until somebody listens: what the first answers are, and how long the first took in comparison. */
async function start (): Promise<{ first: number, other: number, refused: number }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = launch({ PORT: String(port), WORKERS: '2', MEMORY_LIMIT: '64M', LOG_LEVEL: 'error' })
  try {
    let first = 0
    for (const begin = performance.now(); first === 0 && performance.now() - begin < 30_000;) {
      first = await timed(async () => await sentinel(url)).catch((error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED' ? 0 : Infinity)
      if (first === 0) await delay(2)
    }
    const { status } = await ask(`${url}/readyz`)
    const body = JSON.stringify({ input: [1, 2], target: [0, 0], gradients: ['input'] })
    const other = await timed(async () => await ask(`${url}/v1/losses/huber`, { headers: { 'content-type': 'application/json' }, body }))
    const times: number[] = []
    for (let i = 0; i < WARM + TIMED; i++) times.push(await timed(async () => await sentinel(url)))
    const slow = times.slice(WARM).sort((a, b) => a - b)[Math.floor(TIMED * 0.99)]!
    return { first: first / slow, other: other / slow, refused: first === Infinity || status !== 200 ? 1 : 0 }
  } finally {
    child.kill('SIGKILL')
  }
}

function median (numbers: readonly number[]): number { return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]! }

faultOfItsOwn({ faults: ['F33'], title: 'the first request that a service accepts is answered, and hardly later than others' }, async bench => {
  const count = bench.scale(100, 10)
  const starts: Awaited<ReturnType<typeof start>>[] = []
  while (starts.length < count) starts.push(await start())
  bench.measure('starts', starts.length, { exactly: count })
  bench.measure('first requests that were not answered with 200, or before the service said that it was ready',
    starts.reduce((sum, { refused }) => sum + refused, 0), { exactly: 0 })
  bench.measure('time of the first request by that of the 99th of 100 later ones (median)', median(starts.map(({ first }) => first)), { most: 2 })
  bench.measure('the same of the first one to another loss', median(starts.map(({ other }) => other)), { most: 5 })
})
