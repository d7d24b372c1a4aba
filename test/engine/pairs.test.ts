// Losses over pairs of rows: any split over threads gives the same bits, and all forms agree with a plain double loop.
import t from 'tap'
import { z } from 'zod'
import { loadCatalogue } from '../../src/catalogue/index.js'
import { HOP, type Threads } from '../../src/engine/dispatch.js'
import { BatchMemory } from '../../src/engine/memory.js'
import { compileKernels, Instance } from '../../src/engine/module.js'
import { run } from '../../src/engine/run.js'
import { proceed } from '../../src/steps.js'
import { Failure } from '../../src/errors.js'
import { plan, type Reduction } from '../../src/plan.js'
import { dtypeInfo, type DType } from '../../src/tensor/dtype.js'
import { sizeOf } from '../../src/tensor/shape.js'
import type { Tensor } from '../../src/tensor/tensor.js'
import { ulpsBetween } from '../closeness.js'

interface Values { readonly shape: readonly number[], readonly data: ArrayLike<number>, readonly dtype?: DType }
type Slots = Readonly<Record<string, Values>>
interface Request {
  readonly loss: string
  readonly slots: Slots
  readonly options?: Readonly<Record<string, unknown>>
  readonly reduction?: Reduction
  readonly gradOutput?: Values
  readonly lanes?: number
  readonly gradients?: readonly string[]
}

const catalogue = await loadCatalogue()
const memory = new BatchMemory(256 * 2 ** 20)
const instance = new Instance(compileKernels(), memory.memory)
memory.open(instance.kernels.heapBase)

/** As many lanes as asked for, one after the other on this thread. */
function threadsOf (lanes: number): Threads {
  const call = (kernel: string, record: number): void => { instance.call(kernel, record) }
  return { lanes, hop: HOP, call, run: async (kernel, record) => { call(kernel, record) } }
}

type View = Float64Array | Float32Array | Uint16Array | Int32Array
const VIEWS: Partial<Record<DType, new (buffer: ArrayBufferLike, from: number, length: number) => View>> = {
  float64: Float64Array, float32: Float32Array, float16: Uint16Array, bfloat16: Uint16Array, int32: Int32Array
}

/** Puts values into memory. */
function place (slot: string, { shape, data, dtype = 'float64' }: Values): Tensor {
  const region = memory.tryReserve(Math.max(sizeOf(shape), 1) * dtypeInfo(dtype).bytes)!
  new VIEWS[dtype]!(memory.bytes.buffer, region.address, sizeOf(shape)).set(data)
  return { dtype, shape, address: region.address, form: 'nested', pointer: `/${slot}` }
}

/** The unreduced loss, or the reduced one, and every gradient. */
async function evaluate (request: Request): Promise<Record<string, Float64Array>> {
  const { loss, slots, options = {}, reduction = 'none', gradOutput = null, lanes = 1 } = request
  const entry = catalogue.find('loss', loss)!
  const { job } = plan({
    entry,
    tensors: new Map(Object.entries(slots).map(([slot, values]) => [slot, place(slot, values)])),
    options: z.strictObject(entry.options).parse(options),
    reduction,
    gradients: request.gradients ?? Object.keys(slots),
    gradOutput: gradOutput === null ? null : place('grad_output', gradOutput),
    dtype: null
  }) as Extract<ReturnType<typeof plan>, { job: unknown }>
  const outcome = await proceed(run(job, { memory, threads: threadsOf(lanes), patience: { wait: 1 } }))
  const found = Object.fromEntries([['loss', outcome.loss] as const, ...outcome.gradients].map(([name, tensor]) => [name, read(tensor)]))
  outcome.release()
  return found
}

function read ({ dtype, address, shape }: Tensor): Float64Array {
  return Float64Array.from(new VIEWS[dtype]!(memory.bytes.buffer, address, sizeOf(shape)))
}

/** Numbers that look random, the same every time (Numerical Recipes' linear congruence). */
function randoms (seed: number): (shape: readonly number[], spread?: number) => Values {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
  return (shape, spread = 1) => ({ shape, data: Float64Array.from({ length: sizeOf(shape) }, () => spread * next()) })
}

// A plain evaluation: anchors, each with its positive and with the rows that it is compared with.

interface Anchor { readonly row: number, readonly positive: number, readonly others: readonly number[] }

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

function anchorsOf ({ loss, slots, options = {} }: Request): Anchor[] {
  const [count] = slots.query!.shape as [number]
  if (loss !== 'info_nce') {
    return range(0, 2 * count).map(row => {
      const positive = (row + count) % (2 * count)
      return { row, positive, others: range(0, 2 * count).filter(other => other !== positive && (loss !== 'nt_xent' || other !== row)) }
    })
  }
  const negatives = slots.negatives?.shape
  const columns = negatives?.at(-2) ?? count
  const start = (i: number): number => negatives === undefined ? count : 2 * count + (negatives.length === 3 ? i * columns : 0)
  const queries = range(0, count).map(row =>
    ({ row, positive: row + count, others: range(start(row), columns).filter(other => other !== row + count) }))
  const keys = range(0, count).map(row => ({ row: row + count, positive: row, others: range(0, count).filter(other => other !== row) }))
  return options.symmetric === true ? [...queries, ...keys] : queries
}

function dot (a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!
  return sum
}

function addTo (sum: Float64Array, weight: number, row: Float64Array): void {
  for (let d = 0; d < row.length; d++) sum[d]! += weight * row[d]!
}

/** What `evaluate` should give, without reduction. */
function expected (request: Request): Record<string, Float64Array> {
  const { slots, options = {}, gradOutput } = request
  const { normalize = request.loss === 'nt_xent', temperature = 0.1, symmetric = false } = options as Record<string, number | boolean>
  const length = slots.query!.shape[1]!
  const raw = Object.values(slots).flatMap(({ shape, data }) => range(0, sizeOf(shape.slice(0, -1)))
    .map(row => Float64Array.from(data).subarray(row * length, (row + 1) * length)))
  const norms = raw.map(row => normalize === true ? Math.max(Math.hypot(...row), 1e-12) : 1)
  const rows = raw.map((row, i) => row.map(value => value / norms[i]!))
  const anchors = anchorsOf(request)
  const share = symmetric === true ? 0.5 : 1
  const loss = new Float64Array(symmetric === true ? anchors.length / 2 : anchors.length)
  const gradients = rows.map(row => new Float64Array(row.length))
  anchors.forEach(({ row, positive, others }, at) => {
    const compared = [positive, ...others]
    const scores = compared.map(other => dot(rows[row]!, rows[other]!) / Number(temperature))
    const most = Math.max(...scores)
    const sum = scores.reduce((total, score) => total + Math.exp(score - most), 0)
    loss[at % loss.length]! += share * (most - scores[0]! + Math.log(sum))
    const upstream = share * (gradOutput?.data[at % loss.length] ?? 1) / Number(temperature)
    compared.forEach((other, i) => {
      const weight = upstream * (Math.exp(scores[i]! - most) / sum - (i === 0 ? 1 : 0))
      addTo(gradients[row]!, weight, rows[other]!)
      addTo(gradients[other]!, weight, rows[row]!)
    })
  })
  const through = gradients.flatMap((g, i) => {
    const along = normalize === true ? dot(g, rows[i]!) : 0
    return [...g.map((value, d) => (value - rows[i]![d]! * along) / norms[i]!)]
  })
  const cuts = Object.entries(slots).map(([slot, { shape }]) => [slot, Float64Array.from(through.splice(0, sizeOf(shape)))] as const)
  return { loss, ...Object.fromEntries(cuts) }
}

/** Largest difference, relative to the largest number. */
function distance (found: Float64Array, wanted: Float64Array): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE)
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0) / largest
}

const COMPARISONS: Record<string, (count: number, length: number, seed: number) => Request> = {
  info_nce: (count, length, seed) => ({ loss: 'info_nce', ...both(count, length, seed), options: { temperature: 0.8 } }),
  'info_nce, normalized and symmetric': (count, length, seed) =>
    ({ loss: 'info_nce', ...both(count, length, seed), options: { normalize: true, symmetric: true } }),
  'info_nce with negatives': (count, length, seed) => {
    const { slots } = both(count, length, seed)
    return { loss: 'info_nce', slots: { ...slots, negatives: randoms(seed + 1)([150, length]) }, options: { temperature: 0.5 } }
  },
  'info_nce with negatives of each query': (count, length, seed) => {
    const { slots } = both(count, length, seed)
    return { loss: 'info_nce', slots: { ...slots, negatives: randoms(seed + 1)([count, 9, length]) }, options: { normalize: true } }
  },
  info_nce_concat: (count, length, seed) => ({ loss: 'info_nce_concat', ...both(count, length, seed), options: { temperature: 0.8 } }),
  nt_xent: (count, length, seed) => ({ loss: 'nt_xent', ...both(count, length, seed), options: { temperature: 0.3 } })
}

function both (count: number, length: number, seed: number): { slots: Slots } {
  const draw = randoms(seed)
  return { slots: { query: draw([count, length]), key: draw([count, length]) } }
}

for (const [name, request] of Object.entries(COMPARISONS)) {
  for (const [count, length] of [[70, 33], [513, 40]] as const) {
    t.test(`${name} gives the same bits on 1, 2, 3 and 7 lanes at ${count}×${length}`, async t => {
      const one = await evaluate(request(count, length, 1))
      for (const lanes of [2, 3, 7]) t.strictSame(await evaluate({ ...request(count, length, 1), lanes }), one, `${lanes} lanes`)
    })
  }

  // Short rows: similarities are computed again in every stage; longer ones: they are kept.
  for (const [count, length] of [[137, 9], [150, 161], [1, 5]] as const) {
    t.test(`${name} agrees with a double loop within 1e-12 at ${count}×${length}`, async t => {
      const whole = request(count, length, 2)
      const entries = anchorsOf(whole).length / (whole.options?.symmetric === true ? 2 : 1)
      const upstream = { ...whole, gradOutput: randoms(3)([entries]) }
      const found = await evaluate(upstream)
      for (const [what, wanted] of Object.entries(expected(upstream))) {
        t.ok(distance(found[what]!, wanted) < 1e-12, `${what}: ${distance(found[what]!, wanted)}`)
      }
    })
  }
}

/** The answers in `some` that are not those of `all`, bit by bit. */
function differing (some: Record<string, Float64Array>, all: Record<string, Float64Array>): string[] {
  const bytes = ({ buffer }: Float64Array): Buffer => Buffer.from(buffer)
  return Object.keys(some).filter(name => !bytes(some[name]!).equals(bytes(all[name]!)))
}

// Rows of float32 that are long enough for products in float32: every similarity within the window, few, or so many that
// tiles are computed in float64 after all (kernels/pairs/precision.ts). The last are alike in two digits, which their
// weighted sums, in float32, lose to the gradient.
const SPREADS: Record<string, (values: Values) => Values> = {
  'short rows': ({ shape, data }) => ({ shape, data: Float64Array.from(data, value => Math.fround(value / 8)), dtype: 'float32' }),
  'long rows': ({ shape, data }) => ({ shape, data: Float64Array.from(data, value => Math.fround(3 * value)), dtype: 'float32' }),
  'long rows near each other': ({ shape, data }) =>
    ({ shape, data: Float64Array.from(data, (value, i) => Math.fround(3 * Math.cos(i % shape.at(-1)!) + value / 32)), dtype: 'float32' })
}

for (const [name, request] of Object.entries(COMPARISONS)) {
  for (const [spread, change] of Object.entries(SPREADS)) {
    const bound = spread === 'long rows near each other' ? 5e-5 : 1e-6
    t.test(`${name} in float32 with ${spread}: 2 ulp of the loss, gradients to ${bound}, the same bits on 1, 3 and 7 lanes`, async t => {
      const { slots, ...rest } = request(130, 161, 7)
      const whole = { ...rest, slots: Object.fromEntries(Object.entries(slots).map(([slot, values]) => [slot, change(values)])) }
      const found = await evaluate(whole)
      for (const lanes of [3, 7]) t.same(differing(await evaluate({ ...whole, lanes }), found), [], `${lanes} lanes`)
      for (const slot of Object.keys(slots)) {
        t.same(differing(await evaluate({ ...whole, gradients: [slot] }), found), [], `${slot} alone`)
      }
      const { loss, ...gradients } = expected(whole)
      t.equal(loss!.findIndex((value, i) => ulpsBetween(found.loss![i]!, Math.fround(value)) > 2), -1)
      for (const [slot, wanted] of Object.entries(gradients)) {
        t.ok(distance(found[slot]!, wanted) < bound, `${slot}: ${distance(found[slot]!, wanted)}`)
      }
    })
  }
}

t.test('a gradient does not depend on which others are asked for', async t => {
  for (const request of Object.values(COMPARISONS)) {
    const whole = request(40, 12, 4)
    const all = await evaluate(whole)
    for (const slot of Object.keys(whole.slots)) {
      const { [slot]: alone, loss } = await evaluate({ ...whole, gradients: [slot] })
      t.strictSame([alone, loss], [all[slot], all.loss])
    }
  }
})

t.test('a loss near 0 keeps its digits, and so does its gradient', async t => {
  // One wrong key: ℓ = log1p(e^-50), and the gradient of the logits is ±e^-50.
  const slots = { query: { shape: [2, 1], data: [5, -5] }, key: { shape: [2, 1], data: [5, -5] } }
  const { loss, query } = await evaluate({ loss: 'info_nce', slots, options: { temperature: 1 } })
  t.ok(Math.abs(loss![0]! / Math.log1p(Math.exp(-50)) - 1) < 1e-15)
  t.ok(Math.abs(query![0]! / (-10 * Math.exp(-50)) - 1) < 1e-14)
})

t.test('similarities of ±7000 neither overflow nor cancel', async t => {
  const slots = { query: { shape: [2, 2], data: [26, 5, -3, 26] }, key: { shape: [2, 2], data: [26, 5, 26, 5] } }
  const { loss, query } = await evaluate({ loss: 'info_nce', slots })
  t.strictSame([...loss!], [Math.LN2, Math.LN2])
  t.strictSame([...query!].map(Math.abs), [0, 0, 0, 0])
})

t.test('operands of other types are read as what they are', async t => {
  const exact = { query: { shape: [2, 2], data: [1, 2, -3, 0.5] }, key: { shape: [2, 2], data: [2, 1, 4, -1] } }
  const wanted = await evaluate({ loss: 'nt_xent', slots: exact, reduction: 'mean' })
  const half = { shape: [2, 2], data: [0x3c00, 0x4000, 0xc200, 0x3800], dtype: 'float16' } as const
  const brain = { shape: [2, 2], data: [0x3f80, 0x4000, 0xc040, 0x3f00], dtype: 'bfloat16' } as const
  const whole = { ...exact.key, dtype: 'int32' } as const
  for (const query of [half, brain]) {
    const found = await evaluate({ loss: 'nt_xent', slots: { query, key: whole }, reduction: 'mean' })
    for (const [what, values] of Object.entries(wanted)) t.strictSame([...found[what]!], [...values].map(Math.fround), what)
  }
})

t.test('an empty batch: nothing, 0 or NaN, and gradients of 0 for negatives', async t => {
  const none = { shape: [0, 3], data: [] }
  const request = { loss: 'info_nce', slots: { query: none, key: none, negatives: randoms(5)([4, 3]) } }
  t.strictSame([...(await evaluate(request)).loss!], [])
  t.strictSame([...(await evaluate({ ...request, reduction: 'sum' })).loss!], [0])
  const { loss, negatives } = await evaluate({ ...request, reduction: 'mean' })
  t.strictSame([...loss!], [NaN])
  t.strictSame([...negatives!], Array(12).fill(0))
})

t.test('shapes that do not agree and options that do not go together are refused', async t => {
  const draw = randoms(6)
  const refused: [pointer: string, code: string, slots: Slots, options?: Record<string, unknown>][] = [
    ['/query', 'invalid_shape', { query: draw([3]), key: draw([3]) }],
    ['/key', 'invalid_shape', { query: draw([3, 2]), key: draw([3, 4]) }],
    ['/key', 'invalid_shape', { query: draw([3, 2]), key: draw([2, 2]) }],
    ['/negatives', 'invalid_shape', { query: draw([3, 2]), key: draw([3, 2]), negatives: draw([2]) }],
    ['/negatives', 'invalid_shape', { query: draw([3, 2]), key: draw([3, 2]), negatives: draw([5, 3]) }],
    ['/negatives', 'invalid_shape', { query: draw([3, 2]), key: draw([3, 2]), negatives: draw([2, 5, 2]) }],
    ['/symmetric', 'invalid_option', { query: draw([3, 2]), key: draw([3, 2]), negatives: draw([5, 2]) }, { symmetric: true }]
  ]
  for (const [pointer, code, slots, options] of refused) {
    const failure = await evaluate({ loss: 'info_nce', slots, options: options ?? {} }).catch((error: unknown) => error) as Failure
    t.type(failure, Failure)
    t.strictSame([failure.code, failure.issues[0]!.pointer], [code, pointer])
  }
  const entry = catalogue.find('loss', 'info_nce')!
  for (const temperature of [0, -1, Infinity, NaN]) t.notOk(entry.options.temperature!.safeParse(temperature).success)
})
