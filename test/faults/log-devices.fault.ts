// Log devices that take no lines, or too few: a full disk, a pipe whose reader has gone, one whose reader is slow. Compared with
// a service whose log is read, put through the same.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { launch, startService, type Service } from '../process/process.js'
import { faultOfItsOwn, type Bench } from './arena.js'
import { ask, sentinel, SENTINEL, SENTINEL_PATH } from './ask.js'
import { freePorts } from './balancer.js'
import { Load, type Question } from './load.js'
import { residentMemory } from './observe.js'

const MiB = 2 ** 20
const ENVIRONMENT = { WORKERS: '1', MEMORY_LIMIT: '64M', SHUTDOWN_PAUSE: '0' }

/** A path that makes a line of the log long, and leads nowhere. */
const NOWHERE: Question = { path: `/${'nowhere'.repeat(280)}`, body: '', status: 404 }

/** Bytes that a full device takes, besides what is in it when it begins to be full. */
const ROOM = 4096

interface Figures { readonly slow: number, readonly slowest: number, readonly memory: number }

faultOfItsOwn({ faults: ['F20'], title: 'log devices that are full, gone or slow cost lines and nothing else' }, async bench => {
  const healthy = await startService(bench.t, ENVIRONMENT)
  const usual = await burden(bench, 'log that is read', healthy)
  await end(bench, 'log that is read', healthy)
  for (const [name, start] of Object.entries(DEVICES)) {
    const service = await start(bench)
    const figures = await burden(bench, name, service)
    bench.measure(`${name}: 99th percentile, above that with a log that is read`, figures.slow - usual.slow, { most: 50 }, 'ms')
    bench.measure(`${name}: slowest request, above that with a log that is read`, figures.slowest - usual.slowest, { most: 1000 }, 'ms')
    bench.measure(`${name}: memory, above that with a log that is read`, figures.memory - usual.memory, { most: 8 }, 'MiB')
    await end(bench, name, service)
  }
  await recovery(bench)
})

const DEVICES: Readonly<Record<string, (bench: Bench) => Promise<Service>>> = {
  'full device': async bench => await startSilent(bench, ['sh', '-c', 'exec "$@" > /dev/full', 'sh']),
  'closed pipe': async bench => {
    const service = await startService(bench.t, ENVIRONMENT)
    service.child.stdout!.destroy()
    return service
  },
  'slow pipe': async bench => {
    const service = await startService(bench.t, ENVIRONMENT)
    const stdout = service.child.stdout!.pause()
    const timer = setInterval(() => { stdout.read(1024) }, 1000)
    bench.t.teardown(() => { clearInterval(timer) })
    return service
  }
}

/** Starts a service of whose log nothing can be seen. */
async function startSilent (bench: Bench, launcher: readonly string[]): Promise<Service> {
  const [port] = await freePorts(1) as [number]
  const child = launch({ ...ENVIRONMENT, PORT: String(port) }, launcher)
  bench.t.teardown(() => { child.kill('SIGKILL') })
  for (let i = 0; i < 600 && !await isReady(port); i++) await setTimeout(50)
  return { child, port, pid: child.pid! }
}

async function isReady (port: number): Promise<boolean> {
  return await ask(`http://127.0.0.1:${port}/readyz`).then(({ status }) => status === 200, () => false)
}

/** What requests cost the service, and how many failed. */
async function burden (bench: Bench, name: string, { port, pid }: Service): Promise<Figures> {
  const question = { path: SENTINEL_PATH, body: SENTINEL, answer: await sentinel(`http://127.0.0.1:${port}`) }
  await run(port, question, 500)
  const before = residentMemory(pid)
  const small = await run(port, question, bench.scale(10_000, 1000))
  const long = await run(port, NOWHERE, bench.scale(6000, 3000))
  bench.measure(`${name}: requests answered`, small.answered + long.answered, { least: bench.scale(16_000, 4000) })
  bench.measure(`${name}: requests failed or wrong ${small.failures}${long.failures}`.trim(), small.failed + long.failed + small.wrong, { exactly: 0 })
  const [slow, slowest] = [0.99, 1].map(share => Math.max(small.percentile(share), long.percentile(share))) as [number, number]
  return { slow, slowest, memory: (residentMemory(pid) - before) / MiB }
}

async function run (port: number, question: Question, count: number): Promise<Load> {
  const load = new Load(port, question, 2)
  await load.reaches(count)
  await load.stop()
  return load
}

/** A service ends in time, whatever its log can take. */
async function end (bench: Bench, name: string, { child }: Service): Promise<void> {
  const exit = once(child, 'exit')
  const start = performance.now()
  child.kill('SIGTERM')
  const code = await Promise.race([exit.then(([code]) => code as number), setTimeout(10_000, -1)])
  bench.measure(`${name}: exit code`, code, { exactly: 0 })
  bench.measure(`${name}: time to exit`, performance.now() - start, { most: 5000 }, 'ms')
}

/** A device that was full has room again; the limit of the size of files makes one without a file system of its own. */
async function recovery (bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lossd-log-'))
  bench.t.teardown(() => { rmSync(folder, { recursive: true }) })
  const file = join(folder, 'log')
  const service = await startSilent(bench, ['prlimit', `--fsize=${ROOM}:unlimited`, 'sh', '-c', `exec "$@" >> ${file}`, 'sh'])
  const { answered } = await run(service.port, NOWHERE, bench.scale(6000, 3000))
  const full = readFileSync(file).length
  execFileSync('prlimit', ['--pid', String(service.pid), '--fsize=unlimited'])
  await end(bench, 'device that has room again', service)
  const lines = readFileSync(file, 'utf8').trim().split('\n').map(line => JSON.parse(line) as { path?: string, dropped?: number })
  const dropped = lines.reduce((sum, line) => sum + (line.dropped ?? 0), 0)
  bench.measure('device that has room again: bytes while it was full', full, { most: ROOM }, 'bytes')
  bench.measure('device that has room again: lines dropped', dropped, { least: 1 })
  bench.measure('device that has room again: lines neither written nor counted', answered - dropped - lines.filter(({ path }) => path === NOWHERE.path).length, { exactly: 0 })
}
