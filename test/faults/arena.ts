// What every fault has in common: the service as a child process, the request that must give the same bits before and after,
// the figures that hold whatever was done to it, and the record of what was measured.
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startService, type Service } from '../process/process.js'
import { openSockets, residentMemory } from './observe.js'
import { listen, type Journal } from './journal.js'
import { sentinel } from './ask.js'

/** Whether this is the short form, which differs in counts alone. */
export const short = process.env.FAULTS === 'short'

/** What a measured figure has to be. */
export interface Bound { readonly most?: number, readonly least?: number, readonly exactly?: number }

/** A figure with its target, as it stands in the table of results. */
export interface Measured {
  readonly figure: string
  readonly value: number
  readonly unit: string
  readonly bound: Bound
  readonly met: boolean
}

/** A fault with its figures, as `report.ts` reads it. */
export interface Result {
  readonly faults: readonly string[]
  readonly title: string
  readonly short: boolean
  readonly measured: readonly Measured[]
}

export interface About {
  /** Numbers of the catalogue of faults: F3. */
  readonly faults: readonly string[]
  readonly title: string
  readonly env?: Readonly<Record<string, string>>
  /** What is put in front of the command, such as `prlimit --nofile=256`. */
  readonly launcher?: readonly string[]
  /** What is run in the place of the service's own entry, when the fault has to be built in. */
  readonly entry?: string
  /** Codes of failures with a status of 5xx that belong to the fault, besides those of a service that is busy. */
  readonly intended?: readonly string[]
  /** What the service has done before: memory that it needs for that is not counted, as the system does not get it back. */
  readonly before?: (arena: Arena) => Promise<void>
}

/** Where a fault happens, without a service. */
export class Bench {
  readonly short = short
  readonly #measured: Measured[] = []

  constructor (readonly t: Test, readonly about: About) {}

  /** A count: the first in the full form, the second in the short one. */
  scale (full: number, few: number): number { return short ? few : full }

  /** Records a figure, and fails when it is out of bounds. */
  measure (figure: string, value: number, bound: Bound, unit = ''): void {
    const met = value <= (bound.most ?? Infinity) && value >= (bound.least ?? -Infinity) && value === (bound.exactly ?? value)
    this.#measured.push({ figure, value, unit, bound, met })
    this.t.ok(met, `${figure}: ${Math.round(value * 1000) / 1000} ${unit}`.trimEnd(), { bound })
  }

  /** Leaves the record for the table. */
  save (): void {
    const { faults, title } = this.about
    const result: Result = { faults, title, short, measured: this.#measured }
    mkdirSync('build/faults', { recursive: true })
    writeFileSync(`build/faults/${basename(process.argv[1]!, '.fault.js')}-${faults.join('-')}.json`, JSON.stringify(result))
  }
}

/** Where a fault happens to a running service. */
export class Arena extends Bench {
  readonly port: number
  readonly url: string
  readonly pid: number
  readonly child: Service['child']

  constructor (t: Test, about: About, service: Service, readonly journal: Journal) {
    super(t, about)
    this.port = service.port
    this.pid = service.pid
    this.child = service.child
    this.url = `http://127.0.0.1:${service.port}`
  }

  /** The log so far, line by line. */
  log (): readonly Record<string, unknown>[] { return this.journal.lines }

  stderr (): string { return this.journal.stderr }

  /** Resident bytes of the process now. */
  rss (): number { return residentMemory(this.pid) }

  /** Sockets that the process has open now. */
  sockets (): number { return openSockets(this.pid) }

  /** The bytes that the sentinel request is answered with. */
  async sentinel (): Promise<string> { return await sentinel(this.url) }
}

/** Declares a fault: what it is, and what is done to a running service. The figures that hold for all of them are taken afterwards. */
export function fault (about: About, attack: (arena: Arena) => Promise<void>): void {
  declare(about, async t => {
    const service = await startService(t, { LOG_LEVEL: 'info', ...about.env }, about.launcher, about.entry)
    const arena = new Arena(t, about, service, listen(service.child))
    await about.before?.(arena)
    const before = await baseline(arena)
    await attack(arena)
    await aftermath(arena, before)
    arena.save()
  })
}

/** Declares a fault that starts its processes itself. */
export function faultOfItsOwn (about: Omit<About, 'env' | 'launcher' | 'entry' | 'intended' | 'before'>, attack: (bench: Bench) => Promise<void>): void {
  declare(about, async t => {
    const bench = new Bench(t, about)
    await attack(bench)
    bench.save()
  })
}

function declare ({ faults, title }: About, run: (t: Test) => Promise<void>): void {
  t.test(`${faults.join(', ')}: ${title}`, { timeout: 600_000 }, run)
}

interface Baseline { readonly bits: string, readonly rss: number, readonly sockets: number }

/** Requests after which V8 has compiled what is hot, and the batch memory has been touched where requests begin. */
const WARM = 300

async function baseline (arena: Arena): Promise<Baseline> {
  const bits = await arena.sentinel()
  for (let i = 0; i < WARM; i++) await arena.sentinel()
  return { bits, rss: arena.rss(), sockets: arena.sockets() }
}

const MiB = 2 ** 20

/** Milliseconds within which everything is as before. */
const RECOVERY = 30_000

/** What holds after every fault. */
async function aftermath (arena: Arena, before: Baseline): Promise<void> {
  const start = performance.now()
  const bits = await arena.sentinel().catch(String)
  arena.measure('ms to the same answer as before', bits === before.bits ? performance.now() - start : Infinity, { most: 1000 }, 'ms')
  arena.measure('process exits', arena.child.exitCode === null && arena.child.signalCode === null ? 0 : 1, { exactly: 0 })
  arena.t.equal(arena.stderr(), '', 'nothing on stderr: no unhandled rejection, no warning')
  await until(() => arena.rss() <= before.rss + 32 * MiB && arena.sockets() <= before.sockets)
  arena.measure('unintended 5xx', unintended(arena), { exactly: 0 })
  arena.measure('resident memory above that before', (arena.rss() - before.rss) / MiB, { most: 32 }, 'MiB')
  arena.measure('open sockets above those before', arena.sockets() - before.sockets, { most: 0 })
}

const BUSY = ['busy', 'closing', 'deadline_exceeded']

function unintended ({ about, journal }: Arena): number {
  const intended = new Set([...BUSY, ...about.intended ?? []])
  return journal.lines.filter(({ status, code }) => Number(status) >= 500 && !intended.has(String(code))).length
}

/** Waits until it holds, and in any case until the log has been written. */
async function until (holds: () => boolean): Promise<void> {
  const start = performance.now()
  do await setTimeout(250); while (!holds() && performance.now() - start < RECOVERY)
}
