// What a large number of requests are answered, in few bytes: a line for each entry, a digest of its answers in each precision.
// A digest that changes, from one machine, version of Node or version of ours to another, tells that an answer has.
import { createHash, type Hash } from 'node:crypto'
import type { Entry } from '../../src/catalogue/define.js'
import type { Precision } from '../../src/tensor/dtype.js'
import { Draws } from '../draw.js'
import { evaluation } from '../evaluations.js'
import { write, type Form, type Sent } from '../forms.js'
import { bitsOf, readSafetensors } from '../safetensors.js'
import { pathOf, type Service } from '../service.js'

/** Requests behind each digest. */
export const REQUESTS = 50

const PRECISIONS: readonly Precision[] = ['float64', 'float32']

/** Forms in turn: numbers are read from texts and from bytes. */
const TURNS: readonly Form[] = ['safetensors', 'flat', 'safetensors', 'nested']
const BINARY = 'application/vnd.safetensors'

/** The digests of what an entry is asked, which follows from its oracle's cases, and of its answers, by precision. */
export type Line = Readonly<Record<Precision | 'requests', string>>
export type Lines = Readonly<Record<string, Line>>

/** The lines of some entries; none depends on another. */
export async function linesOf (app: Service, entries: readonly Entry[]): Promise<Lines> {
  const lines: Record<string, Line> = {}
  for (const entry of entries) {
    const requests = createHash('sha256')
    const [float64, float32] = [await digestOf(app, entry, 'float64', requests), await digestOf(app, entry, 'float32', requests)]
    lines[entry.id] = { requests: shortened(requests), float64, float32 }
  }
  return lines
}

async function digestOf (app: Service, entry: Entry, dtype: Precision, requests: Hash): Promise<string> {
  const draws = new Draws(seedOf(`${entry.id} ${dtype}`))
  const answers = createHash('sha256')
  for (let turn = 0; turn < REQUESTS; turn++) {
    const { request } = evaluation(draws, entry, { dtype })
    const sent = write(request, TURNS[turn % TURNS.length]!)
    requests.update(sent.query).update(sent.body)
    await take(answers, app, entry, sent)
  }
  return shortened(answers)
}

/** A name's own seed: FNV-1a. */
function seedOf (name: string): number {
  return [...name].reduce((seed, letter) => Math.imul(seed ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5 | 0)
}

/** Adds the bits that a request is answered, or why it is refused. */
async function take (hash: Hash, app: Service, entry: Entry, { query, type, body }: Sent): Promise<void> {
  const headers = { 'content-type': type, accept: BINARY }
  const reply = await app.inject({ method: 'POST', url: pathOf(entry) + query, headers, payload: body })
  if (reply.statusCode !== 200) hash.update((reply.json() as { code: string }).code)
  else hash.update(bitsOf(reply.rawPayload), 'latin1').update(partsOf(reply.rawPayload))
}

/** What stands beside a mean. */
function partsOf (file: Buffer): string {
  const { sum, divisor } = readSafetensors(file).metadata
  return `${sum} ${divisor}`
}

/** One digest of all lines, whatever their order. */
export function totalOf (lines: Lines): string {
  const texts = Object.keys(lines).sort().map(id => `${id} ${PRECISIONS.map(dtype => lines[id]![dtype]).join(' ')}`)
  return shortened(createHash('sha256').update(texts.join('\n')))
}

function shortened (hash: Hash): string { return hash.digest('hex').slice(0, 32) }
