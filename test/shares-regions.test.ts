// sample_weight and mask where entries are not rows that lie alone: regions of a tensor, positions of a linear layer, samples
// of an adaptive softmax. What every loss does with them is in shares.test.ts, on small operands.
import t, { type Test } from 'tap'
import { loadCatalogue } from '../src/catalogue/index.js'
import { agree } from './closeness.js'
import { Draws } from './draw.js'
import { ask, loss, service } from './service.js'
import { flat, keepRows, numbersOf, sizeOf, spoilRows, type Values } from './values.js'

const app = await service(t)
const { entries } = await loadCatalogue()
const draws = new Draws(20261124)
const TOLERANCE = 1e-11

type Tensor = Pick<Values, 'shape' | 'data'>

/** Numbers in (0, 1) of `shape`, which every loss takes. */
function numbers (...shape: readonly number[]): Tensor { return list(shape, () => draws.uniform()) }

/** Indices of `classes` classes. */
function indices (classes: number, ...shape: readonly number[]): Tensor { return list(shape, () => draws.below(classes)) }

function list (shape: readonly number[], value: () => number): Tensor {
  return { shape, data: Array.from({ length: sizeOf(shape) }, value) }
}

/** What a request says of samples that lie along the first axis of the loss and of the slots in `samples`. */
interface Sampled {
  readonly id: string
  /** The shape of a mask with one number for each sample. */
  readonly mask: readonly number[]
  readonly samples: Readonly<Record<string, Tensor>>
  readonly others?: Readonly<Record<string, Tensor>>
  readonly options?: object
  /** What masked samples hold that no loss takes, where it is not NaN. */
  readonly bad?: Readonly<Record<string, number>>
}

const classes = { linear_weight: numbers(5, 4), linear_bias: numbers(5), weight: numbers(5) }
const placed = { linear_weight: numbers(3, 2, 4), linear_bias: numbers(3, 2), weight: numbers(3) }
const clusters = { head_weight: numbers(4, 6), head_bias: numbers(4), tail_weights: numbers(33) }

/** By what they are about. */
const SAMPLED: Readonly<Record<string, Sampled>> = {
  'regions of one row': { id: 'rmse', mask: [6], samples: { input: numbers(6, 5), target: numbers(6, 5) }, options: { dims: [1] } },
  'regions of several chunks': { id: 'rmse', mask: [6], samples: { input: numbers(6, 2500), target: numbers(6, 2500) }, options: { dims: [1] } },
  'numbers that are refused': {
    id: 'rmse', mask: [6, 1], samples: { input: numbers(6, 5, 3), target: numbers(6, 5, 3) }, options: { dims: [1], log1p: true }, bad: { input: -2 }
  },
  'a target stretched over samples and positions': {
    id: 'rmse', mask: [6, 1], samples: { input: numbers(6, 5, 3) }, others: { target: numbers(5, 1) }, options: { dims: [1] }
  },
  'a region for each class, of softmax': {
    id: 'dice', mask: [6, 1], samples: { input: numbers(6, 4, 3), target: numbers(6, 4, 3) }, options: { dims: [1], activation: 'softmax' }
  },
  'classes without a background, with weights': {
    id: 'dice',
    mask: [6, 1],
    samples: { input: numbers(6, 4, 3), target: numbers(6, 4, 3) },
    others: { class_weights: numbers(3) },
    options: { dims: [1], activation: 'softmax', ignore_background: true }
  },
  'regions over the classes': {
    id: 'tversky', mask: [6], samples: { input: numbers(6, 1100, 3), target: numbers(6, 1100, 3) }, options: { dims: [1, 2], activation: 'softmax' }
  },
  'a region for each class, of sigmoid': {
    id: 'tversky', mask: [6, 1], samples: { input: numbers(6, 4, 3), target: numbers(6, 4, 3) }, options: { dims: [1], activation: 'sigmoid', alpha: 0.2 }
  },
  'classes of a linear layer': {
    id: 'linear_cross_entropy', mask: [6], samples: { input: numbers(6, 4), target: indices(5, 6) }, others: classes, bad: { target: 1e9 }
  },
  'classes at positions': {
    id: 'linear_cross_entropy',
    mask: [6, 1],
    samples: { input: numbers(6, 4), target: indices(3, 6, 2) },
    others: placed,
    options: { label_smoothing: 0.1 },
    bad: { target: 1e9 }
  },
  'probabilities at positions': {
    id: 'linear_cross_entropy', mask: [6, 1], samples: { input: numbers(6, 4), target: numbers(6, 3, 2) }, others: placed
  },
  'samples of clusters': {
    id: 'adaptive_log_softmax',
    mask: [1500],
    samples: { input: numbers(1500, 6), target: indices(7, 1500) },
    others: clusters,
    options: { cutoffs: [2, 4, 7], div_value: 2 },
    bad: { target: 1e9 }
  }
}

const isKept = (n: number): boolean => n % 3 !== 1

/** The samples of a tensor that are kept. */
function kept (tensor: Tensor): Tensor { return keepRows(tensor, isKept) }

function bodyOf (tensors: Readonly<Record<string, Tensor>>): object { return changed(tensors, tensor => tensor) }

function changed (tensors: Readonly<Record<string, Tensor>>, change: (tensor: Tensor, slot: string) => Tensor): object {
  return Object.fromEntries(Object.entries(tensors).map(([slot, tensor]) => [slot, flat(change(tensor, slot))]))
}

/** The slots of a request that have a gradient. */
function differentiable ({ id, samples, others }: Sampled): string[] {
  const { slots } = entries.find(entry => entry.id === id)!
  return Object.keys({ ...samples, ...others }).filter(slot => slots[slot]!.differentiable)
}

for (const [name, sampled] of Object.entries(SAMPLED)) {
  for (const dtype of ['float64', 'float32'] as const) {
    t.test(`${sampled.id} in ${dtype}: what is masked is as if it were not there (${name})`, async t => {
      await asIfNotThere(t, sampled, dtype)
    })
  }
}

async function asIfNotThere (t: Test, sampled: Sampled, dtype: 'float64' | 'float32'): Promise<void> {
  const { id, samples, others = {}, options, bad } = sampled
  const gradients = differentiable(sampled)
  const request = { ...bodyOf(others), ...options, dtype, gradients, reduction: 'mean' }
  const mask = flat({ shape: sampled.mask, data: Array.from({ length: sampled.mask[0]! }, (_, n) => Number(isKept(n))) })
  const spoiled = changed(samples, (tensor, slot) => spoilRows(tensor, isKept, bad?.[slot] ?? NaN))
  const got = await ask(app, loss(id), { ...request, ...spoiled, mask })
  const expected = await ask(app, loss(id), { ...request, ...changed(samples, kept) })

  t.equal(got.divisor, expected.divisor)
  t.ok(close([Number(got.loss)], [Number(expected.loss)], dtype), `${String(got.loss)}, expected ${String(expected.loss)}`)
  for (const slot of gradients) {
    const gradient = { shape: samples[slot]?.shape ?? [], data: numbersOf(got.gradients![slot]) }
    const own = slot in samples
    t.ok(close(own ? kept(gradient).data : gradient.data, numbersOf(expected.gradients![slot]), dtype), `gradient of ${slot}`)
    if (own) t.ok(zeroWhereMasked(gradient), `gradient of ${slot} where it is masked`)
  }
}

function close (got: readonly number[], expected: readonly number[], dtype: 'float64' | 'float32'): boolean {
  const tolerance = dtype === 'float64' ? TOLERANCE : 1e-5
  return got.length === expected.length && got.every((value, k) => agree(value, expected[k]!, tolerance, tolerance))
}

function zeroWhereMasked ({ shape, data }: Tensor): boolean {
  return data.every((value, at) => value === 0 || isKept(Math.floor(at / sizeOf(shape.slice(1)))))
}

/** Two samples each, and the slots whose gradients are all 0 where a sample is masked. */
const PAIRS: Readonly<Record<string, { readonly id: string, readonly request: object }>> = {
  rmse: { id: 'rmse', request: { input: [[1, 2], [3, 4]], target: [[0, 1], [1, 0]], dims: [1] } },
  'stretched rmse': { id: 'rmse', request: { input: [[1, 2], [3, 4]], target: [[0], [1]], dims: [1] } },
  dice: { id: 'dice', request: { input: [[0.1, 0.2], [0.3, 0.4]], target: [[0, 1], [1, 0]], dims: [1], activation: 'softmax' } },
  'linear_cross_entropy of indices': { id: 'linear_cross_entropy', request: { input: [[1, 2], [3, 4]], target: [0, 1], linear_weight: [[1, 0], [0, 'NaN']] } },
  'linear_cross_entropy of probabilities': {
    id: 'linear_cross_entropy', request: { input: [[1, 2], [3, 4]], target: [[0.5, 0.5], [0.1, 0.9]], linear_weight: [[1, 0], [0, 'Infinity']] }
  },
  adaptive_log_softmax: {
    id: 'adaptive_log_softmax',
    request: { input: [[1, 2], [3, 4]], target: [0, 1], head_weight: [[1, 0], ['NaN', 1]], tail_weights: [1, 1, 1], cutoffs: [1, 2], div_value: 2 }
  }
}

for (const [name, { id, request }] of Object.entries(PAIRS)) {
  t.test(`${name} has the gradient 0 where a sample is masked, though the scale is infinite or weights are no numbers`, async t => {
    const beside = { mask: [0, 1], sample_weight: [1, 0], gradients: ['input'], reduction: 'mean' }
    const { divisor, gradients } = await ask(app, loss(id), { ...request, ...beside })
    t.equal(divisor, 0)
    const slopes = numbersOf(gradients!.input)
    t.same(slopes.slice(0, 2), [0, 0])
    t.ok(slopes.slice(2).some(slope => !Number.isFinite(slope)), 'the other is divided by 0')
  })
}

t.test('a mask of ones changes nothing', async t => {
  for (const [name, { id, mask, samples, others = {}, options }] of Object.entries(SAMPLED)) {
    const plain = { ...bodyOf(samples), ...bodyOf(others), ...options, gradients: ['input'], reduction: 'none' }
    t.same(await ask(app, loss(id), { ...plain, mask: flat(list(mask, () => 1)) }), await ask(app, loss(id), plain), name)
  }
})

t.test('what is refused is refused where it is kept', async t => {
  const request = { input: [[1, -2], [3, -4]], target: [[0, 1], [1, 0]], dims: [1], log1p: true }
  for (const [mask, pointer] of [[[0, 1], '/input/1/1'], [[1, 0], '/input/0/1']] as const) {
    await t.rejects(ask(app, loss('rmse'), { ...request, mask }), { message: pointer })
  }
  t.equal((await ask(app, loss('rmse'), { ...request, mask: [0, 0], reduction: 'sum' })).loss, 0)
})

t.test('linear_cross_entropy does not read the weights of a position at which everything is masked', async t => {
  const request = {
    ...{ input: [[1, 2], [3, 4]], target: [[0, 9], [1, 9]], linear_bias: [[0.1, 'NaN'], [0.3, 'NaN']] },
    ...{ mask: [1, 0], gradients: ['input', 'linear_weight', 'linear_bias'] }
  }
  const { loss: own, gradients } = await ask(app, loss('linear_cross_entropy'), {
    ...request, linear_weight: [[[1, 2], ['NaN', 1]], [[0, 1], [1, 'Infinity']]]
  })
  const alone = await ask(app, loss('linear_cross_entropy'), {
    ...{ input: request.input, target: [0, 1], linear_weight: [[1, 2], [0, 1]], linear_bias: [0.1, 0.3], gradients: request.gradients }
  })
  t.equal(own, alone.loss)
  t.same(gradients!.input, alone.gradients!.input)
  const [first, second] = alone.gradients!.linear_weight as number[][]
  t.same(gradients!.linear_weight, [[first, [0, 0]], [second, [0, 0]]])
  const [a, b] = alone.gradients!.linear_bias as number[]
  t.same(gradients!.linear_bias, [[a, 0], [b, 0]])
})

t.test('dice: softmax sees the classes that a mask leaves out of a row of which something is kept', async t => {
  const request = { input: [[1, 2], [3, 4]], target: [[0, 1], [1, 0]], dims: [0], activation: 'softmax' }
  const plain = await ask(app, loss('dice'), { ...request, reduction: 'none' })
  const masked = await ask(app, loss('dice'), { ...request, reduction: 'none', mask: [0, 1], gradients: ['input'] })
  t.same(masked.loss, [0, numbersOf(plain.loss)[1]])
  t.ok(numbersOf(masked.gradients!.input).every(slope => slope !== 0))
})
