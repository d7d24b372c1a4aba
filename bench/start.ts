// `npm run bench:start`: how soon the service answers, how much memory it holds when idle, and what it installs.
import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { describeMachine, majorOf, residentOf } from './machine.js'
import { isWhole, readOptions } from './options.js'
import { writeSection } from './results.js'
import { startLossd } from './servers.js'
import { median } from './statistics.js'

const STARTS = 9
/** Milliseconds until a service that has started is idle. */
const SETTLED = 2000
const MB = 1e6
/** Packages that are listed; the rest is summed up. */
const LISTED = 8

/** Milliseconds that Node takes to run nothing. */
function startNothing (node: string): number {
  const begin = performance.now()
  execFileSync(node, ['-e', '0'])
  return performance.now() - begin
}

/** Milliseconds from spawn to the first answer, and the megabytes that are resident a while later. */
async function start (node: string): Promise<{ floor: number, time: number, resident: number }> {
  const floor = startNothing(node)
  const begin = performance.now()
  const server = await startLossd(node, { WORKERS: '2' })
  const time = performance.now() - begin
  await delay(SETTLED)
  const resident = residentOf(server.pids[0]!, 'VmRSS') / MB
  await server.close()
  return { floor, time, resident }
}

/** Bytes of the files of a package, without those of packages inside it. */
function bytesIn (directory: string): number {
  const entries = readdirSync(directory, { withFileTypes: true }).filter(({ name }) => name !== 'node_modules')
  return entries.reduce((sum, entry) => {
    const path = `${directory}/${entry.name}`
    return sum + (entry.isDirectory() ? bytesIn(path) : statSync(path).size)
  }, 0)
}

/** The scope of a package, or its name. */
function familyOf (path: string): string { return path.split('node_modules/').at(-1)!.split('/')[0]! }

/** Megabytes of production packages, those of a scope together, largest first. */
function weights (): [family: string, megabytes: number][] {
  const paths = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { encoding: 'utf8' }).trim().split('\n').slice(1)
  const sums = new Map<string, number>()
  for (const path of paths) sums.set(familyOf(path), (sums.get(familyOf(path)) ?? 0) + bytesIn(path) / MB)
  return [...sums].sort(([, a], [, b]) => b - a)
}

function weightLine (): string {
  const all = weights()
  const rest = all.slice(LISTED)
  const total = all.reduce((sum, [, megabytes]) => sum + megabytes, 0)
  const listed = all.slice(0, LISTED).map(([family, megabytes]) => `${family} ${megabytes.toFixed(1)}`)
  const others = rest.reduce((sum, [, megabytes]) => sum + megabytes, 0)
  return `- production dependencies, ${total.toFixed(0)} MB: ${listed.join(', ')}, ${rest.length} others ${others.toFixed(1)}`
}

const options = readOptions(process.argv.slice(2))
const starts: Awaited<ReturnType<typeof start>>[] = []
for (let i = 0; i < (options.short ? 1 : STARTS); i++) starts.push(await start(options.node))
const lines = [
  ...describeMachine(options.node, []),
  `- from its start until it accepts connections: ${median(starts.map(({ time }) => time)).toFixed(0)} ms; Node alone, \`node -e 0\`, ` +
    `takes ${median(starts.map(({ floor }) => floor)).toFixed(0)} ms`,
  `- resident when idle, two workers: ${median(starts.map(({ resident }) => resident)).toFixed(0)} MB`,
  weightLine()
]
console.log(lines.join('\n'))
if (isWhole(options)) writeSection(`Start and size, Node ${majorOf(options.node)}`, lines)
