// Threads that die in the middle of a call, in every way there is, while others are at work.
import { setTimeout as delay } from 'node:timers/promises'
import { DEATHS, orderOf } from '../pool/deaths.js'
import { writeSafetensors } from '../safetensors.js'
import { fault, type Arena } from './arena.js'
import { ask, type Reply } from './ask.js'
import type { Books } from './mortal.js'

const WORKERS = 3
/** Elements of a request that goes to a thread in any case. */
const LARGE = 200_000
/** Milliseconds that a call may take. */
const CALL_LIMIT = 1000

/** Milliseconds after which a request hangs: on a busy machine a thread may take long to start. */
const HANGS = 60_000

const SAFETENSORS = { 'content-type': 'application/vnd.safetensors' }
const JSON_TYPE = { 'content-type': 'application/json' }

/** A request for the mean squared error, whose first number may ask for a death. */
function body (first: number): Buffer {
  const data = Float32Array.from({ length: LARGE }, (_, i) => i % 7)
  data[0] = first
  return writeSafetensors({ input: { shape: [LARGE], data }, target: { shape: [1], data: new Float32Array(1) } })
}

const DEADLY = new Map(DEATHS.map(death => [death, body(orderOf(death))]))

/** The order of deaths; the one that takes longest comes least often. */
const ROTA = [...DEATHS.filter(death => death !== 'loop'), ...DEATHS]

const LIST = Array.from({ length: 12_000 }, (_, i) => i / 8)

/** What others ask meanwhile: JSON that is read and printed in parts, and work for one part, for several and for none. */
const HARMLESS = [
  { path: '/v1/losses/mse?gradients=input', headers: SAFETENSORS, body: body(1) },
  { path: '/v1/losses/mse', headers: JSON_TYPE, body: JSON.stringify({ input: LIST, target: 0, reduction: 'none' }) },
  { path: '/v1/losses/huber', headers: JSON_TYPE, body: JSON.stringify({ input: [0.5, 3], target: [0, 0], gradients: ['input'] }) }
]

type Question = typeof HARMLESS[number]

/** Answers other than those that there were before. */
interface Harm { readonly wrong: string[], answered: number }

/** Asks one thing after the other until it is over. */
async function bystander (arena: Arena, expected: readonly Buffer[], harm: Harm, over: AbortSignal): Promise<void> {
  for (let i = 0; !over.aborted; i++) {
    const reply = await send(arena, HARMLESS[i % HARMLESS.length]!).catch((error: Error) => error)
    harm.answered++
    if (reply instanceof Error) harm.wrong.push(reply.message)
    else if (!reply.body.equals(expected[i % HARMLESS.length]!)) harm.wrong.push(`${reply.status}: ${reply.body.toString('latin1').slice(0, 200)}`)
  }
}

async function send (arena: Arena, { path, ...question }: Question): Promise<Reply> {
  return await ask(arena.url + path, { ...question, timeout: HANGS })
}

/** How many deaths, how many threads died of them, and whose requests did not fail as they should. */
interface Toll { deaths: number, threads: number, readonly odd: string[] }

/** Asks for one death after the other until there have been `most`. */
async function killer (arena: Arena, toll: Toll, most: number): Promise<void> {
  while (toll.deaths < most) {
    const death = ROTA[toll.deaths++ % ROTA.length]!
    if (death !== 'trap') toll.threads++
    const reply = await ask(`${arena.url}/v1/losses/mse`, { headers: SAFETENSORS, body: DEADLY.get(death)!, timeout: HANGS }).catch((error: Error) => error)
    if (!failedWell(reply)) toll.odd.push(`${death}: ${reply instanceof Error ? reply.message : reply.status}`)
  }
}

/** 500, or 503 with the time after which to try again. */
function failedWell (reply: Reply | Error): boolean {
  return !(reply instanceof Error) && (reply.status === 500 || (reply.status === 503 && /^\d+$/.test(reply.headers['retry-after'] ?? '')))
}

async function books (arena: Arena): Promise<Books> { return JSON.parse((await ask(`${arena.url}/books`)).body.toString()) as Books }

fault({
  faults: ['F15', 'F25'],
  title: 'threads that die cost the request that they worked for, and nobody else',
  entry: 'build/test/faults/mortal.js',
  env: { WORKERS: String(WORKERS), MEMORY_LIMIT: '64M', CALL_LIMIT: String(CALL_LIMIT) },
  intended: ['internal', 'worker_lost']
}, async arena => {
  const expected: Buffer[] = []
  for (const question of HARMLESS) expected.push((await send(arena, question)).body)
  const { calls } = await books(arena)
  const [over, harm, toll] = [new AbortController(), { wrong: [] as string[], answered: 0 }, { deaths: 0, threads: 0, odd: [] as string[] }]
  const bystanders = Array.from({ length: 3 }, async () => { await bystander(arena, expected, harm, over.signal) })
  const most = arena.scale(1000, 60)
  await Promise.all(Array.from({ length: WORKERS }, async () => { await killer(arena, toll, most) }))
  over.abort()
  await Promise.all(bystanders)
  for (let i = 0; i < 100 && (await books(arena)).size < WORKERS; i++) await delay(5)
  const after = await books(arena)
  arena.measure('deaths in the middle of a call', toll.deaths, { least: most })
  arena.measure('of them not answered with 500, or 503 and Retry-After, within a minute', toll.odd.length, { exactly: 0 })
  arena.t.same(toll.odd.slice(0, 5), [])
  arena.measure('requests of others meanwhile', harm.answered, { least: most / 4 })
  arena.measure('of them not answered as before', harm.wrong.length, { exactly: 0 })
  arena.t.same(harm.wrong.slice(0, 5), [])
  arena.measure('threads replaced', after.restarts, { least: toll.threads })
  arena.measure('calls that did not end', after.running + after.queued, { exactly: 0 })
  arena.measure('threads missing in the end', WORKERS - after.size, { exactly: 0 })
  arena.measure('longest time that a thread was missing', Math.max(...after.recoveries), { most: 500 }, 'ms')
  arena.measure('bytes reserved when nobody asks', after.reserved, { exactly: 0 })
  arena.measure('regions that belonged to two', after.violations.length, { exactly: 0 })
  arena.measure('calls whose record was watched', after.calls - calls, { least: most })
})
