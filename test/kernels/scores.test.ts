// Losses of float32 class scores, which go four at a time, against a plain evaluation in float64: every length around a
// vector, a tile and a stretch, both layouts, sure and unsure rows, scores of any size.
import t from 'tap'
import { z } from 'zod'
import { loadCatalogue } from '../../src/catalogue/index.js'
import { BatchMemory } from '../../src/engine/memory.js'
import { HOP } from '../../src/engine/dispatch.js'
import { compileKernels, Instance } from '../../src/engine/module.js'
import { run } from '../../src/engine/run.js'
import { plan } from '../../src/plan.js'
import { proceed } from '../../src/steps.js'
import type { DType } from '../../src/tensor/dtype.js'
import type { Tensor } from '../../src/tensor/tensor.js'
import { ulpsBetween } from '../closeness.js'

const VALUE_ULPS = 2
const GRADIENT_ULPS = 4
/** Around a vector, the most classes of a tile, stretches of the search for the greatest. */
const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 10, 31, 32, 33, 34, 35, 36, 63, 64, 65, 127, 128, 129, 131, 257, 1000]
const ROWS = 21

const catalogue = await loadCatalogue()
const memory = new BatchMemory(64 * 2 ** 20)
const instance = new Instance(compileKernels(), memory.memory)
memory.open(instance.kernels.heapBase)
const call = (kernel: string, record: number): void => { instance.call(kernel, record) }
const threads = { lanes: 1, hop: HOP, call, run: async (kernel: string, record: number) => { call(kernel, record) } }

/** Rows of scores and the class of each. */
interface Batch { readonly classes: number, readonly scores: Float32Array, readonly targets: Int32Array }

/** Numbers that look random, the same every time (Numerical Recipes' linear congruence). */
let state = 2024
function random (): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

const KINDS: Readonly<Record<string, (c: number, winner: number) => number>> = {
  ordinary: () => 8 * random() - 4,
  sure: (c, winner) => c === winner ? 20 + 30 * random() : 10 * random(),
  'so sure that all others hardly count': (c, winner) => c === winner ? 90 + random() : -20 * random(),
  'of two sizes': () => random() < 0.5 ? -90 * random() : 3 * random(),
  'equal or nearly so': () => 1 + (random() < 0.5 ? 2 ** -23 : 0),
  'about 511 and 513': () => 508 + 8 * random(),
  'about -512': () => -508 - 8 * random(),
  'about a million': () => 1e6 + 20 * random(),
  'about minus a billion': () => -1e9 - 1000 * random(),
  'without some classes': (c, winner) => c !== winner && random() < 0.5 ? -Infinity : 4 * random()
}

function batchOf (kind: string, classes: number): Batch {
  const scores = new Float32Array(ROWS * classes)
  const targets = new Int32Array(ROWS)
  for (let r = 0; r < ROWS; r++) {
    const winner = Math.floor(random() * classes)
    for (let c = 0; c < classes; c++) scores[r * classes + c] = KINDS[kind]!(c, winner)
    targets[r] = random() < 0.5 ? winner : Math.floor(random() * classes)
    if (scores[r * classes + targets[r]!] === -Infinity) targets[r] = winner
  }
  return { classes, scores, targets }
}

/** Σ_{c≠k} e^(z_c − m) of a row, where the greatest is and what it is. */
function analyse (row: Float32Array): { at: number, most: number, rest: number } {
  const most = row.reduce((a, b) => Math.max(a, b))
  const at = row.indexOf(most)
  return { at, most, rest: row.reduce((sum, score, c) => c === at ? sum : sum + Math.exp(score - most), 0) }
}

function rowOf ({ scores, classes }: Batch, r: number): Float32Array { return scores.subarray(r * classes, (r + 1) * classes) }

/** What each row and each element should come to. */
function expected (batch: Batch): { loss: number[], gradient: number[], softmax: number[], logSoftmax: number[] } {
  const rows = Array.from(batch.targets, (y, r) => ({ y, row: rowOf(batch, r), ...analyse(rowOf(batch, r)) }))
  const share = ({ row, at, most, rest }: typeof rows[number], c: number): number =>
    (c === at ? 1 : Math.exp(row[c]! - most)) / (1 + rest)
  const slope = (of: typeof rows[number], c: number): number =>
    c !== of.y ? share(of, c) : c === of.at ? -of.rest / (1 + of.rest) : share(of, c) - 1
  return {
    loss: rows.map(({ row, y, most, rest }) => (most - row[y]!) + Math.log1p(rest)),
    gradient: rows.flatMap(of => Array.from(of.row, (_, c) => slope(of, c))),
    softmax: rows.flatMap(of => Array.from(of.row, (_, c) => share(of, c))),
    logSoftmax: rows.flatMap(of => Array.from(of.row, score => -((of.most - score) + Math.log1p(of.rest))))
  }
}

/** Puts values into memory. */
function place (slot: string, shape: readonly number[], data: Given[2], dtype: DType): Tensor & { free: () => void } {
  const region = memory.tryReserve(Math.max(data.byteLength, 8))!
  memory.bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), region.address)
  return { dtype, shape, address: region.address, form: 'nested', pointer: `/${slot}`, free: () => { region.release() } }
}

type Given = readonly [slot: string, shape: readonly number[], data: Float32Array | Int32Array, dtype: DType]
interface Answer { readonly loss: Float32Array, readonly gradient: Float32Array | null }

/** The unreduced answer, and the gradient of its sum when asked for. */
async function evaluate (id: string, tensors: readonly Given[], gradient = false, options = {}): Promise<Answer> {
  const kind = id === 'cross_entropy' || id === 'nll' ? 'loss' : 'transform'
  const entry = catalogue.find(kind, id)!
  const placed = tensors.map(([slot, shape, data, dtype]) => [slot, place(slot, shape, data, dtype)] as const)
  const { job } = plan({
    entry,
    tensors: new Map(placed),
    options: z.strictObject(entry.options).parse(options),
    reduction: 'none',
    gradients: gradient ? ['input'] : [],
    gradOutput: null,
    dtype: null
  }) as Extract<ReturnType<typeof plan>, { job: unknown }>
  const outcome = await proceed(run(job, { memory, threads, patience: { wait: 1 } }))
  const read = ({ address, shape }: Tensor): Float32Array =>
    new Float32Array(memory.bytes.buffer, address, shape.reduce((a, b) => a * b, 1)).slice()
  const answer = { loss: read(outcome.loss), gradient: gradient ? read(outcome.gradients.get('input')!) : null }
  outcome.release()
  placed.forEach(([, { free }]) => { free() })
  return answer
}

/** The greatest distance in units in the last place. */
function worst (answer: Float32Array, wanted: readonly number[]): number {
  return wanted.reduce((most, value, i) => {
    const nearest = Math.fround(value)
    return Math.max(most, Object.is(answer[i], nearest) || answer[i] === nearest ? 0 : ulpsBetween(answer[i]!, nearest) || Infinity)
  }, 0)
}

for (const kind of Object.keys(KINDS)) {
  t.test(`scores ${kind}: values to ${VALUE_ULPS} ulp, gradients to ${GRADIENT_ULPS}, for every length and layout`, async t => {
    const errors = { loss: 0, gradient: 0, softmax: 0, logSoftmax: 0 }
    for (const classes of LENGTHS) {
      const batch = batchOf(kind, classes)
      const wanted = expected(batch)
      const note = (name: keyof typeof errors, answer: Float32Array): void => {
        errors[name] = Math.max(errors[name], worst(answer, wanted[name]))
      }
      const input = ['input', [ROWS, classes], batch.scores, 'float32'] as const
      const target = ['target', [ROWS], batch.targets, 'int32'] as const
      const plain = await evaluate('cross_entropy', [input, target])
      const both = await evaluate('cross_entropy', [input, target], true)
      note('loss', plain.loss)
      note('gradient', both.gradient!)
      note('softmax', (await evaluate('softmax', [input], false, { dim: 1 })).loss)
      note('logSoftmax', (await evaluate('log_softmax', [input], false, { dim: 1 })).loss)
      t.strictSame(both.loss, plain.loss, `${classes} classes: the loss is the same beside its gradient`)

      const turned = await evaluate('cross_entropy', [
        ['input', [1, classes, ROWS], transposed(batch.scores, ROWS, classes), 'float32'],
        ['target', [1, ROWS], batch.targets, 'int32']
      ], true)
      note('loss', turned.loss)
      note('gradient', transposed(turned.gradient!, classes, ROWS))
    }
    t.ok(errors.loss <= VALUE_ULPS, `losses to ${errors.loss} ulp`)
    t.ok(errors.softmax <= VALUE_ULPS, `softmax to ${errors.softmax} ulp`)
    t.ok(errors.logSoftmax <= VALUE_ULPS, `log_softmax to ${errors.logSoftmax} ulp`)
    t.ok(errors.gradient <= GRADIENT_ULPS, `gradients to ${errors.gradient} ulp`)
  })
}

/** The transpose of a matrix of `rows` × `columns`. */
function transposed (data: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!)
}

t.test('a row with NaN or +∞, or nothing above −∞, has neither loss nor gradient, whatever stands beside it', async t => {
  for (const classes of [1, 2, 5, 32, 33, 130]) {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const { scores, targets } = batchOf('ordinary', classes)
      scores.fill(bad, 2 * classes, bad === -Infinity ? 3 * classes : 2 * classes + 1)
      const { loss, gradient } = await evaluate('cross_entropy', [
        ['input', [ROWS, classes], scores, 'float32'], ['target', [ROWS], targets, 'int32']
      ], true)
      t.same([...loss.keys()].filter(r => Number.isNaN(loss[r])), [2], `${classes} classes, ${bad}`)
      const wrong = [...gradient!.keys()].filter(i => Number.isNaN(gradient![i]) !== (Math.floor(i / classes) === 2))
      t.same(wrong, [], 'gradient')
    }
  }
})
