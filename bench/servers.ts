// The servers under comparison, each a process of its own on a free port: lossd as `npm start` runs it, the peer in
// several configurations, and the transport floor.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Connection } from './client.js'

/** A server that runs. With several ports it is several processes; connections go to them in turn. */
export interface Server {
  readonly name: string
  readonly ports: readonly number[]
  readonly pids: readonly number[]
  /** Ends its processes. */
  close (): Promise<void>
}

/** The two ports of the floor. */
export interface Floor { readonly discard: Server, readonly constant: Server }

/** Seconds that a server has to answer its first request; torch takes some to load. */
const PATIENCE = 90

/** Starts the service as `npm start` does, under the Node binary `node`. */
export async function startLossd (node: string, env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }
  const [, ...args] = scripts.start.split(' ')
  const port = await freePort()
  return await ready('lossd', [port], [launch(node, args, { HOST: '127.0.0.1', PORT: String(port), ...env })])
}

/** Starts the floor under the Node binary `node`. */
export async function startFloor (node: string): Promise<Floor> {
  const ports = [await freePort(), await freePort()]
  const server = await ready('floor', ports, [launch(node, ['build/bench/floor.js', ...ports.map(String)], {})])
  return { discard: { ...server, ports: [ports[0]!] }, constant: { ...server, ports: [ports[1]!] } }
}

/** A way to run the peer. */
export interface PeerSetting { readonly processes: number, readonly threads: number, readonly decoder: 'msgspec' | 'orjson' }

/** All that are tried; the fastest is counted, workload by workload. One process of one thread is part of two. */
export const PEER_SETTINGS: readonly PeerSetting[] = (['msgspec', 'orjson'] as const).flatMap(decoder => [
  { processes: 1, threads: 2, decoder },
  { processes: 2, threads: 1, decoder }
])

/**
 * glibc keeps what is freed, so that large buffers are mapped once and not in every request; the same advice as
 * PyTorch's tuning guide gives with jemalloc or tcmalloc.
 */
const ALLOCATOR = {
  MALLOC_MMAP_THRESHOLD_: String(4 * 2 ** 30),
  MALLOC_TRIM_THRESHOLD_: String(8 * 2 ** 30),
  MALLOC_TOP_PAD_: String(64 * 2 ** 20)
}

/** Starts the peer in one setting. */
export async function startPeer ({ processes, threads, decoder }: PeerSetting): Promise<Server> {
  const ports: number[] = []
  while (ports.length < processes) ports.push(await freePort())
  const env = { ...ALLOCATOR, OMP_NUM_THREADS: String(threads), DECODER: decoder }
  const children = ports.map(port => launch('python3', ['bench/peers/server.py', String(port)], env))
  return await ready(`${processes}p ${threads}t ${decoder}`, ports, children)
}

/** What Python says of the peer's requirements: null when all are there, else what is missing, in one line. */
export function missingForPython (modules: readonly string[]): string | null {
  const { error, status, stderr } = spawnSync('python3', ['-c', `import ${modules.join(', ')}`], { encoding: 'utf8' })
  if (error !== undefined) return 'there is no python3'
  return status === 0 ? null : stderr.trim().split('\n').at(-1)!
}

/** Starts a process that ends with this one; what it writes to stdout is dropped. */
function launch (command: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const child = spawn(command, args, { env: { ...inherited, ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
  const end = (): void => { child.kill('SIGKILL') }
  process.on('exit', end)
  child.on('exit', () => { process.off('exit', end) })
  return child
}

/** A server whose ports all answer. */
async function ready (name: string, ports: readonly number[], children: readonly ChildProcess[]): Promise<Server> {
  const close = async (): Promise<void> => { await Promise.all(children.map(stop)) }
  const gone = children.map(async child => {
    const [code] = await once(child, 'exit') as [number | null]
    throw new Error(`${name} ended with exit code ${code}`)
  })
  for (const attempt of gone) attempt.catch(() => {})
  await Promise.race([...gone, Promise.all(ports.map(answers))])
  return { name, ports, pids: children.map(child => child.pid!), close }
}

async function stop (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** Waits until something accepts connections at `port`. */
async function answers (port: number): Promise<void> {
  const until = performance.now() + 1000 * PATIENCE
  for (;;) {
    try {
      (await Connection.open(port)).close()
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await delay(20)
    }
  }
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
