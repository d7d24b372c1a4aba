// What each loss refuses: the request, the code of the problem, and where its pointer leads. One line of the
// catalogue's "Reject" is one or more lines here.
import type { ErrorCode } from '../../src/errors.js'

export type Rejection = readonly [what: string, request: Readonly<Record<string, unknown>>, code: ErrorCode, pointer: string]

const pair = { input: [[1, 2, 3], [4, 5, 6]], target: [[1, 2, 3], [4, 5, 6]] }
const scores = { input: [[1, 2, 3], [4, 5, 6]], target: [0, 2] }
const chances = { input: [[0.1, 0.2], [0.3, 0.4]], target: [[0, 1], [1, 0]] }
const spread = { p: [[0.5, 0.5], [0.25, 0.75]], q: [[0.5, 0.5], [0.25, 0.75]] }
const views = { query: [[1, 2], [3, 4]], key: [[1, 0], [0, 1]] }
const whole = { shape: [2, 3], dtype: 'int64', data: Buffer.from(new BigInt64Array([1n, 2n, 3n, 4n, 5n, 6n]).buffer).toString('base64') }
const wholePair = { shape: [2, 2], dtype: 'int64', data: Buffer.from(new BigInt64Array([0n, 1n, 1n, 0n]).buffer).toString('base64') }
const floats = { shape: [2], dtype: 'float64', data: Buffer.from(new Float64Array([0, 1]).buffer).toString('base64') }

/** Losses of two tensors that broadcast. */
const elementwise: readonly Rejection[] = [
  ['shapes that do not broadcast', { ...pair, target: [[1, 2], [3, 4]] }, 'invalid_shape', '/target'],
  ['a missing slot', { input: [1] }, 'invalid_request', '/target'],
  ['an unknown reduction', { ...pair, reduction: 'median' }, 'invalid_option', '/reduction'],
  ['a reduction of another type', { ...pair, reduction: 3 }, 'invalid_request', '/reduction'],
  ['an unknown option', { ...pair, redution: 'mean' }, 'invalid_request', '/redution'],
  ['an unknown gradient', { ...pair, gradients: ['inputs'] }, 'invalid_option', '/gradients/0'],
  ['a grad_output of another shape than the loss', { ...pair, grad_output: [1, 2] }, 'invalid_shape', '/grad_output']
]
const realOnly: readonly Rejection[] = [['integer tensors', { ...pair, input: whole }, 'invalid_dtype', '/input']]
const weighted: readonly Rejection[] = [
  ['a weight of another shape than input', { ...pair, weight: [1, 2, 3] }, 'invalid_shape', '/weight'],
  ['the gradient of a slot that was left out', { ...pair, gradients: ['weight'] }, 'not_differentiable', '/gradients/0']
]

/** Losses of class indices. */
const indexed: readonly Rejection[] = [
  ['an index beyond the classes', { ...scores, target: [0, 3] }, 'invalid_value', '/target/1'],
  ['a negative index that is not ignore_index', { ...scores, target: [-1, 0] }, 'invalid_value', '/target/0'],
  ['-100 when ignore_index is another', { ...scores, target: [0, -100], ignore_index: 1 }, 'invalid_value', '/target/1'],
  ['an index beyond 64 bits', { ...scores, target: { shape: [2], data: [0, 1e30] } }, 'malformed_tensor', '/target/data/1'],
  ['an index with a fraction', { ...scores, target: [0, 1.5] }, 'malformed_tensor', '/target/1'],
  ['a scalar input', { input: 1, target: 0 }, 'invalid_shape', '/input'],
  ['batch sizes that differ', { ...scores, target: [0, 1, 2] }, 'invalid_shape', '/target'],
  ['inner dimensions that differ', { input: [[[1, 2], [3, 4]]], target: [[0, 1, 0]] }, 'invalid_shape', '/target'],
  ['a weight that is not one for each class', { ...scores, weight: [1, 2] }, 'invalid_shape', '/weight'],
  ['a float target of index shape', { ...scores, target: floats }, 'invalid_dtype', '/target'],
  ['the gradient of class indices', { ...scores, gradients: ['target'] }, 'not_differentiable', '/gradients/0'],
  ['the gradient of weight with class indices', { ...scores, weight: [1, 2, 3], gradients: ['weight'] }, 'not_differentiable', '/gradients/0'],
  ['an ignore_index with a fraction', { ...scores, ignore_index: 1.5 }, 'invalid_request', '/ignore_index'],
  ['integer scores', { ...scores, input: whole }, 'invalid_dtype', '/input']
]

/** Losses of distributions along the last axis. */
const information = (slots: Readonly<Record<string, unknown>>): readonly Rejection[] => {
  const [slot] = Object.keys(slots) as [string]
  const odd = { ...slots, [slot]: [[0.5, 0.6], [0.25, 0.75]], validate: true }
  return [
    ['a scalar', { ...slots, [slot]: 1 }, 'invalid_shape', `/${slot}`],
    ['base 1', { ...slots, base: 1 }, 'invalid_option', '/base'],
    ['base 0', { ...slots, base: 0 }, 'invalid_option', '/base'],
    ['a negative base', { ...slots, base: -2 }, 'invalid_option', '/base'],
    ['another base in words', { ...slots, base: 'ten' }, 'invalid_option', '/base'],
    ['a base of another type', { ...slots, base: true }, 'invalid_request', '/base'],
    ['null for an option', { ...slots, base: null }, 'invalid_request', '/base'],
    ['another input_kind', { ...slots, input_kind: 'odds' }, 'invalid_option', '/input_kind'],
    ['rows that do not sum to 1, when asked', odd, 'invalid_value', `/${slot}/0/0`],
    ['negative entries, when asked', { ...odd, [slot]: [[0.5, 0.5], [-0.25, 1.25]] }, 'invalid_value', `/${slot}/1/0`]
  ]
}
const twoDistributions: readonly Rejection[] = [
  ...information(spread),
  ['distributions of different lengths', { ...spread, q: [[0.2, 0.3, 0.5], [0.2, 0.3, 0.5]] }, 'invalid_shape', '/q'],
  ['leading axes that do not broadcast', { ...spread, q: [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]] }, 'invalid_shape', '/q']
]
const clipped: readonly Rejection[] = [['a negative eps', { ...spread, eps: -0.1 }, 'invalid_option', '/eps']]

/** Losses of paired embeddings. */
const contrastive: readonly Rejection[] = [
  ['shapes that differ', { ...views, key: [[1, 0]] }, 'invalid_shape', '/key'],
  ['embeddings of different lengths', { ...views, key: [[1, 0, 0], [0, 1, 0]] }, 'invalid_shape', '/key'],
  ['embeddings that are no matrix', { query: [1, 2], key: [1, 2] }, 'invalid_shape', '/query'],
  ['temperature 0', { ...views, temperature: 0 }, 'invalid_option', '/temperature'],
  ['a negative temperature', { ...views, temperature: -1 }, 'invalid_option', '/temperature'],
  ['a temperature that is not finite', { ...views, temperature: '∞' }, 'invalid_request', '/temperature']
]

/** By loss or transform. */
export const REJECTIONS: Readonly<Record<string, readonly Rejection[]>> = {
  mse: [...elementwise, ...realOnly, ...weighted, ['a scale in words', { ...pair, scale: 'half' }, 'invalid_request', '/scale']],
  l1: [...elementwise, ...realOnly, ...weighted],
  kl_div: [...elementwise, ...realOnly, ['a base', { ...pair, base: 2 }, 'invalid_request', '/base']],
  euclidean_distance: [
    ['shapes that do not broadcast', { ...pair, target: [[1, 2], [3, 4]] }, 'invalid_shape', '/target'],
    ['scalars', { input: 1, target: 2 }, 'invalid_shape', '/input'],
    ['p below 1', { ...pair, p: 0.5 }, 'invalid_option', '/p'],
    ['p in other words', { ...pair, p: 'infinite' }, 'invalid_option', '/p'],
    ['a negative eps', { ...pair, eps: -1 }, 'invalid_option', '/eps']
  ],
  entropy: information({ p: spread.p }),
  distribution_cross_entropy: [...twoDistributions, ...clipped],
  kl_divergence: [...twoDistributions, ...clipped],
  differential_entropy: [
    ['a negative density', { density: [0.5, -0.1, 0.5] }, 'invalid_value', '/density/1'],
    ['a grid that does not increase', { density: [0.5, 0.1, 0.5], grid: [0, 2, 1] }, 'invalid_value', '/grid/2'],
    ['a grid that stands still', { density: [0.5, 0.1, 0.5], grid: [0, 1, 1] }, 'invalid_value', '/grid/2'],
    ['a grid of another length', { density: [0.5, 0.1, 0.5], grid: [0, 1] }, 'invalid_shape', '/grid'],
    ['dx 0', { density: [0.5, 0.1, 0.5], dx: 0 }, 'invalid_option', '/dx'],
    ['a negative dx', { density: [0.5, 0.1, 0.5], dx: -1 }, 'invalid_option', '/dx'],
    ['another method', { density: [0.5, 0.1, 0.5], method: 'midpoint' }, 'invalid_option', '/method']
  ],
  nll: indexed,
  cross_entropy: [
    ...indexed,
    ['a smoothing above 1', { ...scores, label_smoothing: 1.1 }, 'invalid_option', '/label_smoothing'],
    ['a negative smoothing', { ...scores, label_smoothing: -0.1 }, 'invalid_option', '/label_smoothing'],
    ['an integer target of the shape of input', { input: pair.input, target: whole }, 'invalid_dtype', '/target'],
    ['an ignore_index that could be a class, with probabilities', { input: pair.input, target: pair.target, ignore_index: 0 },
      'invalid_option', '/ignore_index']
  ],
  binary_cross_entropy: [
    ['shapes that differ', { ...chances, target: [0, 1] }, 'invalid_shape', '/target'],
    ['a probability above 1', { ...chances, input: [[0.1, 1.5], [0.3, 0.4]] }, 'invalid_value', '/input/0/1'],
    ['a negative probability', { ...chances, input: [[0.1, 0.5], [-0.3, 0.4]] }, 'invalid_value', '/input/1/0'],
    ['NaN as a probability', { ...chances, input: [[0.1, 0.5], [0.3, 'NaN']] }, 'invalid_value', '/input/1/1'],
    ['a target above 1', { ...chances, target: [[0, 2], [1, 0]] }, 'invalid_value', '/target/0/1'],
    ['NaN as a target', { ...chances, target: [[0, 1], ['NaN', 0]] }, 'invalid_value', '/target/1/0'],
    ['a weight that does not stretch to target', { ...chances, weight: [1, 2, 3] }, 'invalid_shape', '/weight'],
    ['a weight that is larger than target', { ...chances, weight: [[[1, 1], [1, 1]], [[1, 1], [1, 1]]] }, 'invalid_shape', '/weight'],
    ['integer tensors', { ...chances, target: wholePair }, 'invalid_dtype', '/target'],
    ['the gradient of weight', { ...chances, weight: [1, 2], gradients: ['weight'] }, 'not_differentiable', '/gradients/0']
  ],
  binary_cross_entropy_with_logits: [
    ['shapes that differ', { ...chances, target: [0, 1] }, 'invalid_shape', '/target'],
    ['a weight that does not stretch', { ...chances, weight: [1, 2, 3] }, 'invalid_shape', '/weight'],
    ['a larger pos_weight', { ...chances, pos_weight: [[[1, 1], [1, 1]], [[1, 1], [1, 1]]] }, 'invalid_shape', '/pos_weight'],
    ['an integer target', { ...chances, target: wholePair }, 'invalid_dtype', '/target'],
    ['the gradient of pos_weight', { ...chances, pos_weight: [1, 2], gradients: ['pos_weight'] }, 'not_differentiable', '/gradients/0']
  ],
  info_nce: [
    ...contrastive,
    ['negatives of another length', { ...views, negatives: [[1, 2, 3]] }, 'invalid_shape', '/negatives'],
    ['negatives for another batch', { ...views, negatives: [[[1, 2]]] }, 'invalid_shape', '/negatives'],
    ['symmetric together with negatives', { ...views, negatives: [[1, 2]], symmetric: true }, 'invalid_option', '/symmetric']
  ],
  info_nce_concat: contrastive,
  nt_xent: contrastive,
  softmax: [
    ['a dim beyond the axes', { input: [1, 2], dim: 1 }, 'invalid_option', '/dim'],
    ['a dim before the axes', { input: [[1, 2]], dim: -3 }, 'invalid_option', '/dim'],
    ['a reduction', { input: [1, 2], reduction: 'mean' }, 'invalid_request', '/reduction']
  ],
  log_softmax: [['a dim beyond the axes', { input: [1, 2], dim: 1 }, 'invalid_option', '/dim']],
  sigmoid: [['a missing input', {}, 'invalid_request', '/input'], ['a dim', { input: 1, dim: 0 }, 'invalid_request', '/dim']],
  log_sigmoid: [['a missing input', {}, 'invalid_request', '/input']],
  one_hot: [
    ['a negative label', { labels: [0, -1] }, 'invalid_value', '/labels/1'],
    ['a negative label beside a number of classes', { labels: [0, -1], num_classes: 3 }, 'invalid_value', '/labels/1'],
    ['a label beyond the classes', { labels: [0, 3], num_classes: 3 }, 'invalid_value', '/labels/1'],
    ['no classes', { labels: [0], num_classes: 0 }, 'invalid_value', '/labels/0'],
    ['no classes and no labels', { labels: [], num_classes: 0 }, 'invalid_option', '/num_classes'],
    ['less than no classes', { labels: [0], num_classes: -2 }, 'invalid_option', '/num_classes'],
    ['no labels to infer from', { labels: [] }, 'invalid_option', '/num_classes'],
    ['labels with a fraction', { labels: [0.5] }, 'malformed_tensor', '/labels/0'],
    ['the gradient of labels', { labels: [0], gradients: ['labels'] }, 'not_differentiable', '/gradients/0']
  ]
}
