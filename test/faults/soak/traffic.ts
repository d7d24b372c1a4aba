// Mixed traffic on a few connections, one request in twenty of which goes wrong; every answer is held against the first of its kind.
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { MISHAPS } from './mishaps.js'
import { QUESTIONS, TINY, type Question } from './requests.js'

/** Requests between two that go wrong. */
const EVERY = 20

/** What has happened so far. */
export interface Tally {
  answered: number
  mishaps: number
  /** Answers with another status or other bytes than they should have. */
  readonly wrong: string[]
  /** Milliseconds of the tiny requests, in their order. */
  readonly latencies: number[]
}

/** Asks and goes wrong for so many milliseconds, by so many clients at a time. */
export async function traffic (url: string, milliseconds: number, clients: number): Promise<Tally> {
  const tally: Tally = { answered: 0, mishaps: 0, wrong: [], latencies: [] }
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const expected = new Map<Question, Buffer>()
  for (const question of QUESTIONS) expected.set(question, (await send(url, question, agent)).body)
  const until = performance.now() + milliseconds
  const client = async (start: number): Promise<void> => {
    for (let i = start; performance.now() < until; i += clients) await turn(i)
  }
  const turn = async (i: number): Promise<void> => {
    if (i % EVERY === EVERY - 1) await goWrong(url, Math.floor(i / EVERY), tally)
    else await goRight(url, QUESTIONS[i % QUESTIONS.length]!, agent, expected, tally)
  }
  await Promise.all(Array.from({ length: clients }, (_, i) => client(i)))
  agent.destroy()
  return tally
}

async function goWrong (url: string, turn: number, tally: Tally): Promise<void> {
  const mishap = MISHAPS[turn % MISHAPS.length]!
  tally.mishaps++
  if (!await mishap(new URL(url)).catch(() => false)) tally.wrong.push(`mishap ${turn % MISHAPS.length}`)
}

async function goRight (
  url: string, question: Question, agent: Agent, expected: ReadonlyMap<Question, Buffer>, tally: Tally
): Promise<void> {
  const start = performance.now()
  const { status, body } = await send(url, question, agent)
  if (question === TINY) tally.latencies.push(performance.now() - start)
  tally.answered++
  if (status !== 200 || !body.equals(expected.get(question)!)) tally.wrong.push(`${question.name}: ${status}`)
}

async function send (url: string, { path, headers, body }: Question, agent: Agent): Promise<{ status: number, body: Buffer }> {
  const length = body === undefined ? {} : { 'content-length': body.length }
  const client = request(url + path, { agent, method: body === undefined ? 'GET' : 'POST', headers: { ...headers, ...length } })
  client.end(body)
  const [response] = await once(client, 'response') as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode!, body: Buffer.concat(chunks) }
}
