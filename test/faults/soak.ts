// `npm run soak -- --minutes N`: mixed traffic for so long, of which 5 % goes wrong; prints what grew, and fails when anything did.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { launch } from '../process/process.js'
import { soak, warmUp, type Figure } from './soak/soak.js'

const MINUTE = 60_000

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const minutes = Number(values.minutes)
if (!(minutes > 0 && minutes <= 1440)) throw new Error(`--minutes ${values.minutes}: expected a number above 0, at most 1440`)

const child = launch({})
// Of less than an hour, a tenth is too short for its 99th percentile to be steady.
const slower = minutes >= 60 ? 1.05 : 2
try {
  const milliseconds = minutes * MINUTE
  const url = await addressOf(child)
  await warmUp(url, Math.min(MINUTE, milliseconds / 2))
  const figures = await soak({ url, pid: child.pid!, milliseconds, slower })
  figures.push({ figure: 'process exits', value: child.exitCode === null ? 0 : 1, bound: { exactly: 0 }, unit: '' })
  for (const figure of figures) console.log(line(figure))
  if (!figures.every(met)) process.exitCode = 1
} finally {
  child.kill('SIGKILL')
}

/** Where the service listens. Its log is read on, and thrown away. */
async function addressOf ({ stdout, stderr }: ChildProcess): Promise<string> {
  stderr!.pipe(process.stderr)
  const [first] = await once(stdout!, 'data') as [Buffer]
  stdout!.resume()
  return /http:[^"]*/.exec(String(first))![0]
}

function met ({ value, bound: { most = Infinity, exactly = value } }: Figure): boolean { return value <= most && value === exactly }

function line (figure: Figure): string {
  const { bound: { most, exactly }, value, unit } = figure
  const target = most !== undefined ? ` (at most ${most})` : exactly !== undefined ? ` (${exactly})` : ''
  return `${met(figure) ? 'ok    ' : 'MISSED'} ${figure.figure}: ${Number(value.toPrecision(4))} ${unit}${target}`
}
