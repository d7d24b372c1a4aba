// Every entry, every axis, every length, over memory that holds poison and over memory that holds zeros: what is answered is the
// same to the last bit, and nothing is written where nobody had reserved.
import type { Test } from 'tap'
import type { Entry } from '../../src/catalogue/define.js'
import { loadCatalogue } from '../../src/catalogue/index.js'
import { Draws } from '../draw.js'
import { describe } from '../evaluations.js'
import type { Form, Request } from '../forms.js'
import { axesOf, isLarge, LENGTHS, MANNERS, requestOf, resized, turned, withShares, type Axis } from './tails.js'
import { Trial } from './trial.js'

const FORMS: readonly Form[] = ['safetensors', 'flat']

/** How much is tried: every axis in both precisions, or one axis in one of them; reductions and forms in turn. */
type Extent = 'whole' | 'sample'

/** What was tried, and what was wrong with it. */
export interface Findings {
  readonly wrong: string[]
  /** Lengths of entries that no request was answered at. */
  readonly missing: string[]
  /** Answers that were compared with those over zeros. */
  compared: number
}

/** Tries all lengths of the entries that `included` takes. */
export async function tryTails (t: Pick<Test, 'teardown'>, extent: Extent, included: (entry: Entry) => boolean = () => true): Promise<Findings> {
  const trial = await Trial.start(t, ['nan', 'large', 'low'])
  const findings: Findings = { wrong: [], missing: [], compared: 0 }
  const { entries } = await loadCatalogue()
  for (const entry of entries.filter(included)) {
    const tails = new Tails(trial, extent, entry, findings)
    for (const length of LENGTHS) if (!await tails.tryLength(length)) findings.missing.push(`${entry.id} ${length}`)
    findings.wrong.push(...(await trial.spoilt()).map(place => `${entry.id} wrote outside of its memory: ${place}`))
  }
  findings.compared = trial.compared
  return findings
}

/** The tails of one entry. */
class Tails {
  readonly #axes: readonly Axis[]

  constructor (readonly trial: Trial, readonly extent: Extent, readonly entry: Entry, readonly findings: Findings) {
    this.#axes = axesOf(entry)
  }

  /** Requests in which an axis has that length; whether any was answered. */
  async tryLength (length: number): Promise<boolean> {
    let answered = false
    for (let k = 0; k < this.#axes.length; k++) {
      const at = (length + k) % this.#axes.length
      const turn = length + at
      answered = await this.#tryManner(this.#axes[at]!, length, turn) || answered
      if (this.extent === 'whole') answered = await this.#tryManner(this.#axes[at]!, length, turn + 1) || answered
      if (this.extent === 'sample' && answered) break
    }
    return answered
  }

  /** The first case that is answered. */
  async #tryManner ({ examples }: Axis, length: number, turn: number): Promise<boolean> {
    const draws = new Draws(turn * LENGTHS.length + length)
    for (let tried = 0; tried < examples.length; tried++) {
      const example = resized(examples[(turn + tried) % examples.length]!, length)
      if (isLarge(example)) continue
      if (await this.#try(requestOf(this.entry, example, MANNERS[turn % MANNERS.length]!, draws), turn, draws)) return true
    }
    return false
  }

  /** One request, and once more with weights and a mask; whether it was answered. */
  async #try (request: Request, turn: number, draws: Draws): Promise<boolean> {
    const form = FORMS[(turn + Math.floor(turn / MANNERS.length)) % FORMS.length]!
    const { answered, shape } = await this.#compare(request, form, turn)
    const shared = shape !== null && request.settings.reduction === 'none' ? withShares(this.entry, request, shape, draws) : null
    if (shared !== null) await this.#compare(shared, form, turn)
    return answered
  }

  async #compare (request: Request, form: Form, turn: number): ReturnType<Trial['compare']> {
    const verdict = await this.trial.compare(this.entry, turned(request, turn), form, [poisonOf(this.trial, turn)])
    if (verdict.differing.length > 0) this.findings.wrong.push(`${this.entry.id} ${form} ${describe(request)} over ${verdict.differing.join()}`)
    return verdict
  }
}

/** NaN every other time, the other patterns in between. */
function poisonOf ({ poisoned: [nan, ...others] }: Trial, turn: number): Trial['poisoned'][number] {
  return turn % 2 === 0 ? nan! : others[Math.floor(turn / 2) % others.length]!
}
