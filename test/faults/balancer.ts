// haproxy in front of two replicas, as a deployment would have it, but with checks fast enough for many restarts in a short time.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { faultOfItsOwn, type About, type Bench } from './arena.js'

/** Declares a fault that happens behind a balancer; it is skipped where haproxy is not installed. */
export function faultBehindBalancer (about: Pick<About, 'faults' | 'title'>, attack: (bench: Bench) => Promise<void>): void {
  if (spawnSync('haproxy', ['-v']).status === 0) faultOfItsOwn(about, attack)
  else t.test(`${about.faults.join(', ')}: ${about.title} (haproxy is not installed)`, { skip: 'haproxy is not installed' }, () => {})
}

/** The checks of `deploy/haproxy.cfg`, and faster ones; a busy machine is given time to answer them. */
const [CHECKS, FAST_CHECKS] = ['check inter 1s fastinter 250ms downinter 500ms', 'check inter 50ms']

/** The configuration that a deployment would have, but for the checks, and a socket in `folder` that tells what it sees. */
function configuration (folder: string): string {
  const text = readFileSync('deploy/haproxy.cfg', 'utf8')
  if (!text.includes(CHECKS)) throw new Error(`deploy/haproxy.cfg does not have: ${CHECKS}`)
  return `${text.replace(CHECKS, FAST_CHECKS)}\nglobal\n  stats socket ${folder}/stats\n`
    .replace('timeout connect', 'timeout check 2s\n    timeout connect')
}

export interface Balancer {
  readonly port: number
  /** Resolves when the balancer sees so many replicas ready; rejects after a minute. */
  readonly sees: (replicas: number) => Promise<void>
}

/** Starts haproxy before the replicas at these ports. */
export async function startBalancer (t: Pick<Test, 'teardown'>, replicas: readonly [number, number]): Promise<Balancer> {
  const folder = mkdtempSync(join(tmpdir(), 'lossd-balancer-'))
  const [port] = await freePorts(1) as [number]
  writeFileSync(join(folder, 'haproxy.cfg'), configuration(folder))
  const child = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], {
    env: { PATH: process.env.PATH, LISTEN: `127.0.0.1:${port}`, LOSSD_1: `127.0.0.1:${replicas[0]}`, LOSSD_2: `127.0.0.1:${replicas[1]}` }, stdio: 'ignore'
  })
  t.teardown(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })
  return { port, sees: async count => { await until(async () => await replicasUp(folder) === count) } }
}

/** Ports that nobody listens at now. */
export async function freePorts (count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(async server => { await once(server, 'listening') }))
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  for (const server of servers) server.close()
  return ports
}

async function until (holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000
  while (!await holds()) {
    if (performance.now() > end) throw new Error('the balancer does not see the replicas')
    await setTimeout(20)
  }
}

/** Replicas that haproxy sends requests to; none, as long as it does not answer. */
async function replicasUp (folder: string): Promise<number> {
  const socket = connect(join(folder, 'stats'))
  let text = ''
  socket.on('data', chunk => { text += String(chunk) }).on('error', () => {})
  socket.on('connect', () => { socket.write('show stat -1 4 -1\n') })
  await once(socket, 'close')
  return text.split('\n').filter(line => line.split(',')[17] === 'UP').length
}
