// The service as tests use it: built for a test, asked, and closed afterwards.
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../src/app.js'
import type { Entry } from '../src/catalogue/define.js'
import { readConfig } from '../src/config.js'
import type { BatchMemory } from '../src/engine/memory.js'
import type { Nested } from './values.js'

export type Service = FastifyInstance

/** What the service answers to an evaluation, in JSON. */
export interface Answer {
  readonly loss?: Nested
  readonly output?: Nested
  readonly gradients?: Readonly<Record<string, Nested>>
  readonly dtype: string
  readonly shape: readonly number[]
  readonly sum?: Nested
  readonly divisor?: Nested
}

/** A silent service; `env` holds what the test wants otherwise. It is closed when the test ends. */
export async function service (t: Pick<Test, 'teardown'>, env: Readonly<NodeJS.ProcessEnv> = {}): Promise<Service> {
  const app = await silentService(env)
  t.teardown(async () => { await app.close() })
  return app
}

/** A silent service, which the caller closes; over a memory of the caller's, if there is one. */
export async function silentService (env: Readonly<NodeJS.ProcessEnv> = {}, memory?: BatchMemory): Promise<Service> {
  return await buildApp(readConfig({ LOG_LEVEL: 'silent', WORKERS: '2', MEMORY_LIMIT: '256M', ...env }), memory)
}

/** Where an entry is evaluated. */
export function pathOf ({ kind, id }: Pick<Entry, 'kind' | 'id'>): string {
  return `/v1/${kind === 'loss' ? 'losses' : 'transforms'}/${id}`
}

/**
 * Evaluates an entry, JSON to JSON.
 * @throws Error with the problem's text when the service refuses
 */
export async function ask (app: Service, entry: Pick<Entry, 'kind' | 'id'>, body: object): Promise<Answer> {
  const reply = await app.inject({ method: 'POST', url: pathOf(entry), payload: body })
  if (reply.statusCode !== 200) throw new Refusal(reply.statusCode, reply.body)
  return reply.json()
}

/** An answer other than 200. */
export class Refusal extends Error {
  constructor (readonly status: number, readonly body: string) { super(`${status} ${body}`) }
}

/** The loss with that name, for the few tests that are about one. */
export function loss (id: string): Pick<Entry, 'kind' | 'id'> { return { kind: 'loss', id } }

/** The transform with that name. */
export function transform (id: string): Pick<Entry, 'kind' | 'id'> { return { kind: 'transform', id } }
