import { z } from 'zod'
import { defineLoss, float, index, type GoldenCase } from '../define.js'
import { positive, zeros } from '../rejections.js'

/** Two classes in the head, and clusters of two and three; four features, of which the clusters keep two and one. */
const small = {
  input: [[1, 0, -1, 2], [0.5, 1, 0, -1], [2, 1, 1, 0]],
  target: [1, 3, 6],
  head_weight: [[1, 0, 0, 1], [0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, -1]],
  tail_weights: [1, 0, 0, 1, 0, 1, 1, 0, 1, -1, 0.5, 2, 1, 0, 0, 1, 1, -1, 2],
  cutoffs: [2, 4, 7],
  div_value: 2
}

/** The classes of `small` alone. */
const { cutoffs, div_value: divisor, ...slots } = small
const options = { cutoffs, div_value: divisor }

/** No features, of which nothing but the biases of the head is left. */
const featureless = { target: [0, 4, 1], head_weight: { shape: [3, 0], data: [] }, head_bias: [1, -1, 0.5], tail_weights: [] }

/** N samples of F features, with the weights that these clusters have. */
function sized (n: number | null, f: number, ends: readonly number[], base = 4, bias = false): GoldenCase {
  const head = ends[0]! + ends.length - 1
  const lengths = ends.slice(1).map((end, i) => Math.floor(f / base ** (i + 1)) * (f + end - ends[i]!))
  const batch = n === null ? [] : [n]
  return {
    shapes: {
      ...{ input: [...batch, f], target: batch, head_weight: [head, f], ...bias ? { head_bias: [head] } : {} },
      tail_weights: [lengths.reduce((sum, length) => sum + length, 0)]
    },
    options: { cutoffs: ends, ...base === 4 ? {} : { div_value: base } }
  }
}

export default defineLoss({
  summary: 'Adaptive softmax: cross entropy of many classes, of which the rare ones are scored in clusters',
  aliases: ['adaptive_log_softmax_with_loss'],
  family: 'adaptive',
  formula: String.raw`\ell_n = \mathrm{CE}(W x_n + b,\ h(y_n)) + \begin{cases} 0 & y_n < c_0 \\ ` +
    String.raw`\mathrm{CE}(O_i P_i x_n,\ y_n - c_i) & c_i \le y_n < c_{i+1} \end{cases}, \quad ` +
    String.raw`h(y) = \begin{cases} y & y < c_0 \\ c_0 + i & c_i \le y < c_{i+1} \end{cases}`,
  slots: {
    input: float('(N, F) or (F)', 'Features: x', { integers: 'refuse' }),
    target: index('(N) or ()', 'Class indices: y', { classesOf: 'cutoffs' }),
    head_weight: float('(c0 + K, F)', 'A row for each class below the first cutoff, then one for each of the K clusters: W', { integers: 'refuse' }),
    head_bias: float('(c0 + K)', 'Added to the scores of the head: b', { optional: true, integers: 'refuse' }),
    tail_weights: float('(P)', 'Weights of the clusters, one after the other: row by row the projection P_i, (h_i, F), then the scores O_i, ' +
      '(c_(i+1) − c_i, h_i), where h_i = ⌊F/div_value^(i+1)⌋', { integers: 'refuse' })
  },
  options: {
    cutoffs: z.array(z.int32().positive()).min(2)
      .refine(ends => ends.every((end, i) => i === 0 || end > ends[i - 1]!), { error: 'expected numbers that ascend' })
      .describe('Where clusters begin, c_0, c_1, …, ascending, and last the number of classes, which PyTorch takes apart as n_classes'),
    div_value: z.number().positive().default(4).describe('By what the features of each cluster are fewer than those of the one before; greater than 0')
  },
  required: ['cutoffs'],
  parameters: () => [],
  kernels: ['copy', 'input', 'head', 'tail'].map(name => `adaptive_log_softmax_${name}`),
  faults: { 1: 'class index {value} is negative, or not below the last of the cutoffs {cutoffs}' },
  equivalents: {
    PyTorch: 'torch.nn.AdaptiveLogSoftmaxWithLoss: cutoffs with n_classes behind them; head_weight, head_bias and, flat, tail_weights are ' +
      'its head.weight, head.bias and tail.i.0.weight, tail.i.1.weight; its loss is the mean, its output −ℓ'
  },
  references: [
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html',
    'https://arxiv.org/abs/1609.04309'
  ],
  notes: [
    'mean divides by N. A cluster is read only for the samples whose target lies in it; weights that no sample reads have the gradient 0.',
    'A cluster whose width is 0 has no weights, and its classes are equally probable.',
    'Operands are kept in float64; where gradients are asked for, also the scores of each sample, with room for the largest cluster: ' +
      '8·N·(c_0 + K + most classes of a cluster) bytes.'
  ],
  example: { ...small, gradients: ['input', 'head_weight', 'tail_weights'] },
  rejects: [
    ['a scalar input', { ...small, input: 1 }, 'invalid_shape', '/input'],
    ['inputs of three dimensions', { ...small, input: [small.input] }, 'invalid_shape', '/input'],
    ['another number of targets than inputs', { ...small, target: [0, 1] }, 'invalid_shape', '/target'],
    ['a list of targets for one input', { ...small, input: [1, 2, 3, 4], target: [0] }, 'invalid_shape', '/target'],
    ['head rows that are not classes and clusters', { ...small, head_weight: small.head_weight.slice(1) }, 'invalid_shape', '/head_weight'],
    ['head rows of another length than the inputs', { ...small, head_weight: [[1], [2], [3], [4]] }, 'invalid_shape', '/head_weight'],
    ['a bias that is not one for each row of the head', { ...small, head_bias: [1, 2] }, 'invalid_shape', '/head_bias'],
    ['too few tail_weights', { ...small, tail_weights: small.tail_weights.slice(1) }, 'invalid_shape', '/tail_weights'],
    ['tail_weights for another div_value', { ...small, div_value: 4 }, 'invalid_shape', '/tail_weights'],
    ['tail_weights that are a matrix', { ...small, tail_weights: [small.tail_weights] }, 'invalid_shape', '/tail_weights'],
    ['an index beyond the classes', { ...small, target: [0, 7, 1] }, 'invalid_value', '/target/1'],
    ['a negative index', { ...small, target: [0, 1, -1] }, 'invalid_value', '/target/2'],
    ['an index with a fraction', { ...small, target: [0, 1.5, 1] }, 'malformed_tensor', '/target/1'],
    ['a float target', { ...small, target: zeros('float64', 3) }, 'invalid_dtype', '/target'],
    ['an integer input', { ...small, input: zeros('int64', 3, 4) }, 'invalid_dtype', '/input'],
    ['integer tail_weights', { ...small, tail_weights: zeros('int64', 19) }, 'invalid_dtype', '/tail_weights'],
    ['cutoffs that do not ascend', { ...small, cutoffs: [4, 2, 7] }, 'invalid_option', '/cutoffs'],
    ['equal cutoffs', { ...small, cutoffs: [2, 2, 7] }, 'invalid_option', '/cutoffs'],
    ['cutoffs without a cluster', { ...small, cutoffs: [7] }, 'invalid_option', '/cutoffs'],
    ['no cutoffs', { ...small, cutoffs: [] }, 'invalid_option', '/cutoffs'],
    ['a cutoff of 0', { ...small, cutoffs: [0, 2, 7] }, 'invalid_option', '/cutoffs/0'],
    ['a cutoff with a fraction', { ...small, cutoffs: [2, 4.5, 7] }, 'invalid_request', '/cutoffs/1'],
    ['cutoffs that are a number', { ...small, cutoffs: 7 }, 'invalid_request', '/cutoffs'],
    ...positive(small, 'div_value'),
    ['a div_value whose powers vanish', { ...small, div_value: 1e-300 }, 'invalid_option', '/div_value'],
    ['the gradient of target', { ...small, gradients: ['target'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'adaptive_log_softmax(input, target, head_weight, head_bias, tail_weights, cutoffs, div_value)',
    cases: [
      sized(5, 4, [2, 4, 7], 2),
      sized(6, 5, [3, 4, 8], 2, true),
      sized(6, 4, [4, 7]),
      sized(5, 16, [1, 2, 4], 4, true),
      sized(null, 6, [2, 5, 9], 2),
      sized(null, 4, [1, 3], 1, true),
      sized(8, 3, [1, 2, 3, 4, 6], 1.5),
      sized(4, 3, [2, 3, 5], 0.8, true),
      sized(3, 3, [2, 5, 7]),
      sized(4, 3, [3, 40], 2),
      sized(6, 3, [17, 19, 21], 1.5, true),
      sized(350, 6, [3, 5, 9], 2, true),
      sized(1, 4, [2, 3], 2, true),
      sized(0, 4, [2, 5, 9], 2, true),
      { slots: { ...featureless, input: { shape: [3, 0], data: [] } }, options: { cutoffs: [2, 5] } },
      { slots: { ...slots, target: [0, 1, 0] }, options },
      { slots: { ...slots, target: [6, 5, 4], head_bias: [1, -1, 0, 2] }, options },
      { slots: { ...slots, input: [['NaN', 1, 1, 1], [1e300, 0, 1, 0], [300, -300, 40, 0]] }, options },
      { slots: { ...slots, head_weight: [[1, 0, 0, 1], [0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 800, -800]] }, options },
      { slots: { ...slots, head_bias: [0, '-Infinity', 0, 0] }, options },
      { slots: { ...slots, head_bias: ['Infinity', 0, 0, 0] }, options },
      { slots: { ...slots, tail_weights: [1, 0, 0, 1, 0, 1, 1, 0, 1, -1, 0.5, 2, 1, 0, 0, 1, 'NaN', -1, 2] }, options },
      { slots: { ...slots, tail_weights: ['Infinity', 0, 0, 1, 0, 1, 1, 0, 1, -1, 0.5, 2, 1, 0, 0, 1, 1, -1e300, 1e-300] }, options }
    ]
  }
})
