import { z } from 'zod'
import { defineLoss, either, float, type GoldenCase } from '../define.js'
import { logitsOf } from '../families/linear.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { labelSmoothing } from '../options.js'
import { zeros } from '../rejections.js'

/** Requests that are answered, to be spoiled: with class indices, with probabilities, at positions. */
const indexed = { input: [[1, 2], [3, 4], [0, -1]], target: [0, 2, 3], linear_weight: [[1, 0], [0, 1], [1, 1], [2, -1]] }
const soft = { ...indexed, target: [[0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]] }
const placed = { input: [[1, 2]], target: [[0, 1]], linear_weight: [[[1, 0], [0, 1]], [[1, 1], [2, -1]]] }

/** N rows of F features, C classes at positions of shape `inner`; class indices. */
function sized (n: number, f: number, c: number, inner: readonly number[], more: readonly string[] = []): NonNullable<GoldenCase['shapes']> {
  const optional = { linear_bias: [c, ...inner], weight: [c] }
  return {
    ...{ input: [n, f], target: [n, ...inner], linear_weight: [c, ...inner, f] },
    ...Object.fromEntries(Object.entries(optional).filter(([slot]) => more.includes(slot)))
  }
}

/** The same without positions, with probabilities; there are as many classes as features. */
function likely (n: number, c: number, more: readonly string[] = []): NonNullable<GoldenCase['shapes']> {
  return { ...sized(n, c, c, [], more), target: [n, c] }
}

const ALL = ['linear_bias', 'weight']

export default defineLoss({
  summary: 'Cross entropy of the logits of a linear layer, which never leave the service',
  aliases: ['linear_cross_entropy_loss'],
  family: 'linear',
  formula: String.raw`\ell_n = \mathrm{CE}(z_n, y_n), \quad z = X W^\top + b`,
  slots: {
    input: float('(F) or (N, F)', 'What goes into the linear layer: X', { integers: 'refuse' }),
    target: either('(), (N) or (N, d1, …, dK); or (C), (N, C) or (N, C, d1, …, dK)',
      'Class indices; or, in the shape of the logits, class probabilities',
      { differentiable: false, classesOf: ['linear_weight', 0], realShape: shapeOf => logitsOf(shapeOf('input'), shapeOf('linear_weight')) }),
    linear_weight: float('(C, F) or (C, d1, …, dK, F)', 'Weights of the layer: W; inner dimensions are positions, each with its own classes',
      { integers: 'refuse' }),
    linear_bias: float('(C) or (C, d1, …, dK)', 'Added to the logits: b', { optional: true, integers: 'refuse' }),
    weight: float('(C)', 'Weight of each class', { optional: true, differentiable: false, integers: 'refuse', domain: 'positive' })
  },
  options: {
    ignore_index: z.union([z.literal('none'), z.int()]).default('none')
      .describe('Target index that is left out of the sum and of the mean; "none" is -100 for class indices, and all that probabilities take'),
    label_smoothing: labelSmoothing
  },
  parameters: ({ ignore_index: ignored, label_smoothing: smoothing }) => [ignored === 'none' ? -100 : ignored as number, smoothing as number],
  kernels: ['linear_cross_entropy_probabilities', 'linear_cross_entropy_scale', 'linear_cross_entropy_hide', 'linear_cross_entropy_bias'],
  faults: { 1: 'class index {value} names no class of linear_weight' },
  equivalents: { PyTorch: 'torch.nn.functional.linear_cross_entropy; its options for chunks change nothing but the memory it takes' },
  references: [
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html',
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyLoss.html'
  ],
  notes: [
    'It is cross_entropy of X·Wᵀ + b, with logits of shape (N, C, d1, …, dK): divisors, smoothing, ignored targets and infinities are as there.',
    'A target in the shape of the logits holds probabilities, any other class indices. Neither it nor weight has a gradient.',
    IN_FLOAT64
  ],
  example: { ...indexed, gradients: ['input', 'linear_weight'] },
  rejects: [
    ['a scalar input', { ...indexed, input: 1 }, 'invalid_shape', '/input'],
    ['inputs of three dimensions', { ...indexed, input: [[[1, 2]]] }, 'invalid_shape', '/input'],
    ['a linear_weight that is a vector', { ...indexed, linear_weight: [1, 2] }, 'invalid_shape', '/linear_weight'],
    ['weights of another length than the inputs', { ...indexed, linear_weight: [[1, 2, 3], [4, 5, 6]] }, 'invalid_shape', '/linear_weight'],
    ['weights with inner dimensions for a single input', { ...placed, input: [1, 2], target: [0, 1] }, 'invalid_shape', '/input'],
    ['a bias that is not one for each class', { ...indexed, linear_bias: [1, 2, 3] }, 'invalid_shape', '/linear_bias'],
    ['a bias without the inner dimensions', { ...placed, linear_bias: [1, 2] }, 'invalid_shape', '/linear_bias'],
    ['a weight that is not one for each class', { ...indexed, weight: [1, 2] }, 'invalid_shape', '/weight'],
    ['another number of targets than inputs', { ...indexed, target: [0, 1] }, 'invalid_shape', '/target'],
    ['targets without the inner dimensions', { ...placed, target: [0] }, 'invalid_shape', '/target'],
    ['an index beyond the classes', { ...indexed, target: [0, 4, 0] }, 'invalid_value', '/target/1'],
    ['a negative index that is not ignored', { ...indexed, target: [-1, 0, 0] }, 'invalid_value', '/target/0'],
    ['-100 when ignore_index is another', { ...indexed, target: [0, 0, -100], ignore_index: 1 }, 'invalid_value', '/target/2'],
    ['an index with a fraction', { ...indexed, target: [0, 1.5, 0] }, 'malformed_tensor', '/target/1'],
    ['a float target of index shape', { ...indexed, target: zeros('float64', 3) }, 'invalid_dtype', '/target'],
    ['an integer target of the shape of the logits', { ...soft, target: zeros('int64', 3, 4) }, 'invalid_dtype', '/target'],
    ['an integer input', { ...indexed, input: zeros('int64', 3, 2) }, 'invalid_dtype', '/input'],
    ['an integer linear_weight', { ...indexed, linear_weight: zeros('int64', 4, 2) }, 'invalid_dtype', '/linear_weight'],
    ['any ignore_index with probabilities', { ...soft, ignore_index: -100 }, 'invalid_option', '/ignore_index'],
    ['another ignore_index in words', { ...indexed, ignore_index: 'all' }, 'invalid_option', '/ignore_index'],
    ['an ignore_index with a fraction', { ...indexed, ignore_index: 1.5 }, 'invalid_option', '/ignore_index'],
    ['a label_smoothing above 1', { ...indexed, label_smoothing: 1.1 }, 'invalid_option', '/label_smoothing'],
    ['a negative label_smoothing', { ...indexed, label_smoothing: -0.1 }, 'invalid_option', '/label_smoothing'],
    ['the gradient of target', { ...soft, gradients: ['target'] }, 'not_differentiable', '/gradients/0'],
    ['the gradient of weight', { ...soft, weight: [1, 2, 3, 4], gradients: ['weight'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'F.linear_cross_entropy(input, linear_weight, target, linear_bias=linear_bias, weight=weight, reduction=reduction, ' +
      'ignore_index=None if ignore_index == "none" else ignore_index, label_smoothing=label_smoothing)',
    cases: [
      { shapes: sized(6, 3, 4, []) },
      { shapes: sized(7, 5, 3, [], ['linear_bias']) },
      { shapes: sized(9, 4, 5, [], ALL), options: { ignore_index: 2 } },
      { shapes: sized(8, 3, 6, [], ALL), options: { label_smoothing: 0.2 } },
      { shapes: { input: [5], target: [], linear_weight: [3, 5] } },
      { shapes: { input: [5], target: [], linear_weight: [4, 5], linear_bias: [4], weight: [4] }, options: { label_smoothing: 0.1 } },
      { shapes: sized(4, 3, 5, [2], ALL) },
      { shapes: sized(3, 5, 4, [2, 3], ['linear_bias']), options: { ignore_index: 1, label_smoothing: 0.3 } },
      { shapes: sized(2, 4, 3, [2, 1, 2]), options: { ignore_index: 0 } },
      { shapes: likely(5, 4) },
      { shapes: likely(6, 3, ALL), options: { label_smoothing: 0.25 } },
      { shapes: { input: [4], target: [4], linear_weight: [4, 4], linear_bias: [4] } },
      { shapes: sized(0, 3, 4, [], ['linear_bias']) },
      { shapes: sized(3, 0, 4, [], ['linear_bias']) },
      { shapes: sized(3, 4, 1, []) },
      { shapes: sized(2, 3, 4, [0]) },
      { slots: { input: [[1, 2]], target: [-100], linear_weight: { shape: [0, 2], data: [] } } },
      { shapes: sized(9, 11, 5, [], ['linear_bias']) },
      { shapes: sized(3, 2, 40, [], ['linear_bias']) },
      { shapes: sized(30, 2, 3, [], ALL) },
      { slots: { input: [[1, 2], [3, 4]], target: [-100, -100], linear_weight: [[1, 0], [0, 1], [1, 1]], linear_bias: [1, 2, 3] } },
      { slots: { input: [[1, 2], [3, 4]], target: [1, -100], linear_weight: [[1, 0], [0, 1], [1, 1]], weight: [1, 0, 1] } },
      { slots: { input: [['NaN', 2], [3, 4]], target: [1, 0], linear_weight: [[1, 0], [0, 1], [1, 1]] } },
      { slots: { input: [[1, 2], [3, 4]], target: [1, 2], linear_weight: [[1, 0], [0, 1], [1, 1]], linear_bias: ['-Infinity', 0, 1] } },
      { slots: { input: [[40, 2], [-300, 4]], target: [0, 1], linear_weight: [[1, 0], [0, 1], [-1, 1]] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['linear_weight'] }]
})
