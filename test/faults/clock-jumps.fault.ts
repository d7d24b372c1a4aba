// The wall clock jumps by hours and by years, to and fro, while requests wait for deadlines and the service is told to end.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { startService } from '../process/process.js'
import { faultOfItsOwn, type Bench } from './arena.js'
import { depart } from './departures.js'
import { listen } from './journal.js'

/** libfaketime of Debian; its variant for programs of many threads. */
const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'

const JUMPS = ['+1h', '-1h', '+10y', '-10y', '+0']

/** Milliseconds: between two jumps, of the deadline of a request, of listening after SIGTERM. */
const [REST, DEADLINE, PAUSE] = [150, 1000, 2000]

const YEAR = 365 * 86_400_000

const ABOUT = { faults: ['F21'], title: 'jumps of the clock end nothing early or late' }
if (existsSync(LIBRARY)) faultOfItsOwn(ABOUT, jump)
else t.test(`F21: ${ABOUT.title} (libfaketime is not installed)`, { skip: 'libfaketime is not installed' }, () => {})

async function jump (bench: Bench): Promise<void> {
  const clock = startClock(bench)
  const service = await startService(bench.t, { WORKERS: '2', MEMORY_LIMIT: '256M', SHUTDOWN_PAUSE: String(PAUSE) }, clock)
  const journal = listen(service.child)
  const kept = keptAlive(service.port)
  const waits: number[] = []
  for (let round = 0; round < bench.scale(20, 4); round++) {
    waits.push(...await Promise.all(Array.from({ length: 8 }, async () => await deadline(service.port))))
  }
  bench.measure('earliest deadline, of 1,000 ms', Math.min(...waits), { least: DEADLINE - 5 }, 'ms')
  bench.measure('latest deadline, of 1,000 ms', Math.max(...waits), { most: DEADLINE + 1000 }, 'ms')
  bench.measure('answers on a connection that was kept alive', await kept(), { exactly: 2 })
  await depart(bench, service, PAUSE)
  const durations = journal.lines.flatMap(({ ms, timing }) => [Number(ms ?? 0), ...Array.from(String(timing ?? '').matchAll(/dur=([^,]+)/g), ([, text]) => Number(text))])
  const times = journal.lines.map(({ time }) => Number(time))
  bench.measure('durations in the log', durations.length, { least: 100 })
  bench.measure('least of them', Math.min(...durations), { least: 0 }, 'ms')
  bench.measure('greatest of them', Math.max(...durations), { most: 60_000 }, 'ms')
  bench.measure('years between lines of the log', (Math.max(...times) - Math.min(...times)) / YEAR, { least: 19 })
}

/** A clock that jumps until the test ends; gives what has to be put in front of a command that is to go by it. */
function startClock (bench: Bench): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'lossd-clock-'))
  const file = join(folder, 'clock')
  let jumps = 0
  const set = (): void => { writeFileSync(file, `${JUMPS[jumps++ % JUMPS.length]}\n`) }
  set()
  const timer = setInterval(set, REST)
  bench.t.teardown(() => {
    clearInterval(timer)
    rmSync(folder, { recursive: true })
  })
  return ['env', `LD_PRELOAD=${LIBRARY}`, `FAKETIME_TIMESTAMP_FILE=${file}`, 'FAKETIME_NO_CACHE=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1', 'DONT_FAKE_MONOTONIC=1']
}

/** Milliseconds after which a request whose body never ends is given up. */
async function deadline (port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write(`POST /v1/losses/mse?timeout_ms=${DEADLINE} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`)
  const start = performance.now()
  const [answer] = await Promise.race([once(socket), setTimeout(20_000, [''])])
  socket.destroy()
  return String(answer).startsWith('HTTP/1.1 504 ') ? performance.now() - start : Infinity
}

async function once (socket: NodeJS.ReadableStream): Promise<[string]> {
  return await new Promise(resolve => { socket.once('data', chunk => { resolve([String(chunk)]) }).once('close', () => { resolve(['']) }) })
}

/** Asks now, and on the same connection when it is called again; gives the number of answers. */
function keptAlive (port: number): () => Promise<number> {
  const request = 'GET /livez HTTP/1.1\r\nhost: a\r\n\r\n'
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  let answers = 0
  socket.on('data', chunk => { answers += String(chunk).split('HTTP/1.1 200').length - 1 })
  socket.write(request)
  return async () => {
    socket.write(request)
    await setTimeout(1000)
    socket.destroy()
    return answers
  }
}
