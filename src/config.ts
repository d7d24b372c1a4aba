// Environment → one frozen, validated object. Nobody else reads the environment or the container's limits.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { MAX_NESTING, MAX_RANK } from './kernels/layout.js'

const MiB = 2 ** 20
const GiB = 2 ** 30
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: MiB, G: GiB }

/** `512M`, `1G`, `4096`: bytes, with binary units. */
const size = (least: number, most: number) => z.string()
  .regex(/^\d+ *(?:[KMG](?:i?B)?|B)?$/i, 'expected a size such as 512M or 1G')
  .transform(text => Number.parseInt(text, 10) * UNITS[text.replace(/[\d\s]/g, '').charAt(0).toUpperCase().replace('B', '')]!)
  .pipe(z.number().min(least, `expected at least ${least} bytes`).max(most, `expected at most ${most} bytes`))

const whole = (least: number, most: number) => z.string()
  .regex(/^\d+$/, 'expected a whole number')
  .transform(Number)
  .pipe(z.number().min(least, `expected at least ${least}`).max(most, `expected at most ${most}`))

/** `name:key` pairs separated by commas; a key alone is named by its place. */
const keys = z.string().transform(text => text.split(',').map(part => part.trim()).filter(part => part !== '').map((part, at) => {
  const colon = part.indexOf(':')
  return colon < 0 ? { name: `key${at + 1}`, key: part } : { name: part.slice(0, colon), key: part.slice(colon + 1) }
})).pipe(z.array(z.object({ name: z.string().min(1), key: z.string().min(8, 'a key needs at least 8 characters') })))

/** What the default is, where it is no fixed value: for the documentation. */
const usually = (usual: string) => ({ usual })

/** Marks a limit, which GET /v1/limits shows to callers. */
const limit = (unit: Unit, usual?: string) => ({ unit, ...usual !== undefined && { usual } })

const Environment = z.object({
  HOST: z.string().min(1).default('0.0.0.0').describe('Address to listen on'),
  PORT: whole(0, 65535).default(3000).describe('Port to listen on; 0 picks a free one and logs it'),
  METRICS_PORT: whole(0, 65535).nullable().default(null)
    .describe('Port for `/metrics` alone, which is not told at `PORT` then; 0 picks a free one and logs it').meta(usually('none: they are told at `PORT`')),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')
    .describe('Least severe log line written; one line per request, never values or keys'),
  WORKERS: whole(1, 256).default(cpuQuota).describe('Threads that run kernels').meta(usually('CPU quota of the container')),
  CALL_LIMIT: whole(100, 3_600_000).default(30_000)
    .describe('Time that a thread may take for one call of a kernel, most of which take 2 ms; then the thread is ended and replaced (500)').meta(limit('ms')),
  MEMORY_LIMIT: size(8 * MiB, 4 * GiB).default(defaultMemoryLimit)
    .describe('Memory for batches; what does not fit waits, then gets 503').meta(limit('bytes', 'the smaller of 1G and half of the container\'s memory')),
  BODY_LIMIT: size(1024, 4 * GiB).default(Infinity).describe('Largest body').meta(limit('bytes', '`MEMORY_LIMIT`, which it never exceeds')),
  CHUNK_LIMIT: whole(1, 2 ** 31).default(65_536)
    .describe('Pieces of less than 1 KiB that a body may come in; besides the first 1,024, one for each KiB of it').meta(limit('pieces')),
  JSON_DEPTH: whole(4, MAX_NESTING).default(64).describe('Lists and objects inside each other in a body of JSON or a safetensors header (400)').meta(limit('levels')),
  RANK_LIMIT: whole(1, MAX_RANK).default(MAX_RANK).describe('Dimensions of a tensor (400)').meta(limit('dimensions')),
  BATCH_ITEMS: whole(1, 1_000_000).default(10_000).describe('Items in one call of `/v1/batch` (400)').meta(limit('items')),
  SAFETENSORS_HEADER_LIMIT: size(1024, 100_000_000).default(100_000_000)
    .describe('Longest header of a safetensors body (400); the most is what the format allows').meta(limit('bytes')),
  HEADER_LIMIT: size(1024, MiB).default(16_384).describe('Largest header of a request; also its trailers').meta(limit('bytes')),
  HEADER_LINES: whole(8, 2000).default(100).describe('Lines in the header of a request').meta(limit('lines')),
  HEAD_TIMEOUT: whole(100, 3_600_000).default(10_000).describe('Time in which the header of a request has to arrive (408)').meta(limit('ms')),
  BODY_TIMEOUT: whole(100, 3_600_000).default(30_000)
    .describe('Time in which a body has to arrive (408), and in which an answer has to be read, besides what it takes at `TRANSFER_RATE`').meta(limit('ms')),
  TRANSFER_RATE: size(4096, GiB).default(MiB).describe('Slowest transfer of a body or an answer that takes longer than `BODY_TIMEOUT`').meta(limit('bytes/s')),
  STALL_TIMEOUT: whole(100, 3_600_000).default(30_000)
    .describe('Time without a byte of a body that is awaited (408), or without one read of an answer that waits').meta(limit('ms')),
  REQUEST_TIMEOUT: whole(1, 3_600_000).default(60_000)
    .describe('Time after which a request is abandoned (504), besides what its body takes at `TRANSFER_RATE`; `?timeout_ms=` asks for less').meta(limit('ms')),
  MEMORY_WAIT: whole(0, 60_000).default(2_000).describe('Time that a request waits for room before it is refused (503)').meta(limit('ms')),
  QUEUE_LIMIT: whole(0, 100_000).default(256)
    .describe('Requests that may wait for room before their bodies are read; more are refused at once (503)').meta(limit('requests')),
  KEEP_ALIVE: whole(100, 3_600_000).default(75_000)
    .describe('Time after which an idle connection is closed; longer than that of the balancer in front').meta(limit('ms')),
  SOCKET_REQUESTS: whole(1, 2 ** 31).default(10_000).describe('Requests after which a connection is closed').meta(limit('requests')),
  MAX_CONNECTIONS: whole(1, 1_000_000).default(mostConnections)
    .describe('Connections at a time; more are closed at once').meta(limit('connections', '`10000`, or 64 less than the files that the process may open')),
  API_KEYS: keys.default([]).describe('`name:key,…`; when set, /v1 wants one as a bearer token or in `x-api-key`').meta(usually('none')),
  SHUTDOWN_PAUSE: whole(0, 600_000).default(5_000)
    .describe('Time between SIGTERM, when `/readyz` turns 503, and the end of listening, for balancers to notice; other signals, such as that of Ctrl-C, wait for nobody')
    .meta(limit('ms')),
  SHUTDOWN_LIMIT: whole(100, 3_600_000).default(25_000).describe('Time within which the process ends, `SHUTDOWN_PAUSE` included; requests that take longer get 503')
    .meta(limit('ms'))
}).refine(({ SHUTDOWN_PAUSE, SHUTDOWN_LIMIT }) => SHUTDOWN_PAUSE <= SHUTDOWN_LIMIT / 2, { path: ['SHUTDOWN_PAUSE'], message: 'expected at most half of SHUTDOWN_LIMIT' })
  .refine(({ PORT, METRICS_PORT }) => METRICS_PORT !== PORT || PORT === 0, { path: ['METRICS_PORT'], message: 'expected another port than PORT' })

type Camel<Name extends string> =
  Name extends `${infer Head}_${infer Tail}` ? `${Lowercase<Head>}${Capitalize<Camel<Tail>>}` : Lowercase<Name>

type Settings = z.output<typeof Environment>

/** Every variable under its name in camel case. */
export type Config = { readonly [Name in keyof Settings as Camel<Name>]: Readonly<Settings[Name]> }

/** A variable that cannot be used; the message is one readable line. */
export class ConfigError extends Error {}

/**
 * Reads the configuration from `env`.
 * @throws ConfigError naming the variable, what came and what was expected
 */
export function readConfig (env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const { data, error } = Environment.safeParse(given)
  if (error !== undefined) throw new ConfigError(error.issues.map(issue => describe(issue, env)).join('; '))
  const settings = { ...data, BODY_LIMIT: Math.min(data.BODY_LIMIT, data.MEMORY_LIMIT) }
  return Object.freeze(Object.fromEntries(Object.entries(settings).map(([name, value]) => [camel(name), value]))) as unknown as Config
}

function camel (name: string): string { return name.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()) }

/** What a limit counts. */
export type Unit = 'bytes' | 'bytes/s' | 'ms' | 'pieces' | 'lines' | 'requests' | 'connections' | 'levels' | 'dimensions' | 'items'

/** What is to be known of a variable; one with a unit is a limit. */
export interface Variable {
  readonly name: string
  /** Its name in a `Config`. */
  readonly key: keyof Config
  readonly usual: string
  /** Empty for what is no number. */
  readonly range: string
  readonly description: string
  readonly unit?: Unit
}

/** All variables, for the documentation. */
export const VARIABLES: readonly Variable[] = Object.entries(Environment.shape).map(([name, schema]) => {
  const { usual, unit, description } = schema.meta() as { usual?: string, unit?: Unit, description: string }
  const text = (value: number): string => unit?.startsWith('bytes') === true ? shortened(value) : String(value)
  const { defaultValue } = schema.def
  return {
    name,
    key: camel(name) as keyof Config,
    usual: usual ?? `\`${typeof defaultValue === 'number' ? text(defaultValue) : String(defaultValue)}\``,
    range: rangeOf(schema, text),
    description,
    ...unit !== undefined && { unit }
  }
})

/** Least and most of a number. */
function rangeOf (schema: z.ZodDefault, text: (value: number) => string): string {
  const innerType = schema.def.innerType instanceof z.ZodNullable ? schema.def.innerType.unwrap() : schema.def.innerType
  const number = innerType instanceof z.ZodPipe ? innerType.def.out : innerType
  return number instanceof z.ZodNumber ? `${text(number.minValue!)} … ${text(number.maxValue!)}` : ''
}

/** Bytes as they would be set: `64K`, `1G`. */
function shortened (bytes: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, size]) => bytes % size === 0 && bytes >= size) ?? ['', 1]
  return `${bytes / size}${unit}`
}

/** Keys never appear in messages. */
function describe (issue: z.core.$ZodIssue, env: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0])
  return name === 'API_KEYS' ? `API_KEYS: ${issue.message}` : `${name}=${env[name] ?? ''}: ${issue.message}`
}

function defaultMemoryLimit (): number {
  const limit = containerMemory()
  return Math.max(8 * MiB, Math.min(GiB, limit === null ? GiB : Math.floor(limit / 2)))
}

/** Connections that leave files for everything else; without a known bound on files, as many as are useful. */
function mostConnections (): number {
  const files = Number(/^Max open files +(\d+)/m.exec(readText('/proc/self/limits') ?? '')?.[1] ?? Infinity)
  return Math.max(1, Math.min(10_000, files - 64))
}

/** Whole CPUs that the container may use: cgroup v2 `cpu.max`, cgroup v1 quota and period, else what there are. */
function cpuQuota (): number {
  const [quota, period] = readText('/sys/fs/cgroup/cpu.max')?.split(' ').map(Number) ??
    [readNumber('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'), readNumber('/sys/fs/cgroup/cpu/cpu.cfs_period_us')]
  const cpus = quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : Infinity
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(cpus), 256))
}

/** The container's memory limit in bytes: cgroup v2, else v1; null when there is none. */
function containerMemory (): number | null {
  const limit = readNumber('/sys/fs/cgroup/memory.max') ?? readNumber('/sys/fs/cgroup/memory/memory.limit_in_bytes')
  return limit === undefined || !(limit > 0 && limit < 2 ** 50) ? null : limit
}

function readNumber (path: string): number | undefined {
  const text = readText(path)
  return text === undefined ? undefined : Number(text)
}

function readText (path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
