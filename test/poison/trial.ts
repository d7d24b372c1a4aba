// The service over several memories, which differ in what lies where nobody has written: nobody may be able to tell.
import type { Test } from 'tap'
import type { Entry } from '../../src/catalogue/define.js'
import { readConfig } from '../../src/config.js'
import { write, type Form, type Request } from '../forms.js'
import { readSafetensors } from '../safetensors.js'
import { pathOf, silentService, type Service } from '../service.js'
import { Poisoned, type Pattern } from './memory.js'

const BINARY = 'application/vnd.safetensors'

/** Small requests need little; filling more takes longer. */
const SMALL: Readonly<Record<string, string>> = { WORKERS: '1', MEMORY_LIMIT: '9M' }

/** An answer. */
interface Answered {
  readonly status: number
  readonly body: Buffer
}

/** One service, and its memory. */
class Place {
  constructor (readonly pattern: Pattern, readonly app: Service, readonly memory: Poisoned) {}

  async ask (entry: Entry, { query, type, body }: ReturnType<typeof write>): Promise<Answered> {
    const accept = type === BINARY ? BINARY : 'application/json'
    const headers = { 'content-type': type, accept, 'x-request-id': 'same' }
    const { statusCode, rawPayload } = await this.app.inject({ method: 'POST', url: pathOf(entry) + query, headers, payload: body })
    return { status: statusCode, body: rawPayload }
  }
}

/** What became of a request. */
export interface Verdict {
  /** Whether it was answered, not refused. */
  readonly answered: boolean
  /** The patterns whose answer is not that of zeros. */
  readonly differing: readonly string[]
  /** The shape of the loss, where the answer is binary. */
  readonly shape: readonly number[] | null
  /** Why it is refused. */
  readonly problem: Problem | null
}

/** A refusal: its status and code, and where its pointers lead. */
interface Problem { readonly status: number, readonly code: string, readonly pointers: readonly string[] }

export class Trial {
  /** Answers that were compared. */
  compared = 0

  private constructor (readonly clean: Place, readonly poisoned: readonly Place[]) {}

  /** Starts services over zeros and over each of `patterns`. */
  static async start (t: Pick<Test, 'teardown'>, patterns: readonly Pattern[], env = SMALL): Promise<Trial> {
    const [clean, ...poisoned] = await Promise.all((['zeros', ...patterns] as const).map(async pattern => {
      const memory = new Poisoned(readConfig(env).memoryLimit, pattern)
      const app = await silentService(env, memory)
      t.teardown(async () => { await app.close() })
      return new Place(pattern, app, memory)
    }))
    return new Trial(clean!, poisoned)
  }

  /** Sends a request to the clean memory and to `some` of the poisoned ones. */
  async compare (entry: Entry, request: Request, form: Form, some = this.poisoned): Promise<Verdict> {
    const sent = write(request, form)
    const expected = await this.clean.ask(entry, sent)
    const differing: string[] = []
    for (const place of some) {
      const got = await place.ask(entry, sent)
      if (got.status !== expected.status || !got.body.equals(expected.body)) differing.push(place.pattern)
      this.compared++
    }
    const answered = expected.status === 200
    const shape = answered && form === 'safetensors' ? shapeOf(entry, expected.body) : null
    return { answered, differing, shape, problem: answered ? null : problemOf(expected) }
  }

  /** Where memory was written that nobody had reserved, by pattern. */
  async spoilt (): Promise<string[]> {
    const wrong: string[] = []
    for (const { pattern, memory } of [this.clean, ...this.poisoned]) {
      for (let turn = 0; memory.reserved > 0 && turn < 100; turn++) await new Promise(setImmediate)
      const at = memory.spoilt()
      if (at !== null) wrong.push(`${pattern}: byte ${at}`)
    }
    return wrong
  }
}

function shapeOf ({ kind }: Entry, body: Buffer): readonly number[] {
  return readSafetensors(body).tensors.get(kind === 'loss' ? 'loss' : 'output')!.shape
}

function problemOf ({ status, body }: Answered): Problem {
  const { code, errors = [] } = JSON.parse(body.toString()) as { code: string, errors?: readonly { pointer: string }[] }
  return { status, code, pointers: errors.map(({ pointer }) => pointer) }
}
