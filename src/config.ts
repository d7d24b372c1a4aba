// Environment → one frozen, validated object. Nobody else reads the environment or the container's limits.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { z } from 'zod'

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

const Environment = z.object({
  HOST: z.string().min(1).default('0.0.0.0').describe('Address to listen on'),
  PORT: whole(0, 65535).default(3000).describe('Port to listen on; 0 picks a free one and logs it'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')
    .describe('Least severe log line written; one line per request, never values or keys'),
  WORKERS: whole(1, 256).default(cpuQuota).describe('Threads that run kernels').meta(usually('CPU quota of the container')),
  MEMORY_LIMIT: size(8 * MiB, 4 * GiB).default(defaultMemoryLimit)
    .describe('Memory for batches; what does not fit waits, then gets 503').meta(usually('the smaller of 1G and half of the container\'s memory')),
  BODY_LIMIT: size(1024, 4 * GiB).default(Infinity).describe('Bytes of the largest body').meta(usually('`MEMORY_LIMIT`, which it never exceeds')),
  API_KEYS: keys.default([]).describe('`name:key,…`; when set, /v1 wants one as a bearer token or in `x-api-key`').meta(usually('none')),
  REQUEST_TIMEOUT: whole(1, 3_600_000).default(60_000).describe('Milliseconds until a request is abandoned (504); `?timeout_ms=` asks for less'),
  MEMORY_WAIT: whole(0, 60_000).default(2_000).describe('Milliseconds that a request waits for room before it is refused (503)')
})

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

/** What is to be known of a variable. */
export interface Variable { readonly name: string, readonly usual: string, readonly description: string }

/** All variables, for the documentation. */
export const VARIABLES: readonly Variable[] = Object.entries(Environment.shape).map(([name, schema]) => {
  const { usual, description } = schema.meta() as { usual?: string, description: string }
  return { name, usual: usual ?? `\`${String(schema.def.defaultValue)}\``, description }
})

/** Keys never appear in messages. */
function describe (issue: z.core.$ZodIssue, env: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0])
  return name === 'API_KEYS' ? `API_KEYS: ${issue.message}` : `${name}=${env[name] ?? ''}: ${issue.message}`
}

function defaultMemoryLimit (): number {
  const limit = containerMemory()
  return Math.max(8 * MiB, Math.min(GiB, limit === null ? GiB : Math.floor(limit / 2)))
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
