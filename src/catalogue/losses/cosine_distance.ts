import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { flag } from '../options.js'

const couple = { input1: [[1, 2, 3], [4, 5, 6]], input2: [[1, 0, 3], [4, -5, 6]] }

export default defineLoss({
  summary: 'Cosine distance of the vectors along the last axis: 1 less their cosine',
  aliases: ['cosine_similarity_loss', 'cosine_proximity'],
  family: 'vectors',
  formula: String.raw`\ell = 1 - \frac{\sum_k a_k b_k}{\max(\lVert a \rVert, \varepsilon) \max(\lVert b \rVert, \varepsilon)}`,
  slots: {
    input1: float('(…, D)', 'Vectors'),
    input2: float('(…, D)', 'Vectors; broadcasts with input1')
  },
  options: {
    eps: z.number().min(0).default(1e-8).describe('What each norm is at least'),
    negative: flag('Answer −cos instead of 1 − cos')
  },
  equivalents: {
    PyTorch: '1 − torch.nn.functional.cosine_similarity',
    optax: 'cosine_distance, and cosine_similarity negated with negative; its epsilon is that of the squared norms',
    Keras: 'cosine_similarity with negative; the squared norms are at least 1e-12, eps 1e-6 here',
    'TensorFlow.js': 'metrics.cosineProximity with negative; losses.cosineDistance does not divide by norms',
    'scikit-learn': 'sklearn.metrics.pairwise.paired_cosine_distances with eps 0, which gives 1 where a vector is 0'
  },
  references: [
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html',
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.cosine_distance',
    'https://keras.io/api/losses/regression_losses/#cosine_similarity-function'
  ],
  notes: [
    'A zero vector has distance 1, and a gradient that is large where eps is small; with eps 0 both are NaN.',
    'A norm below eps is differentiated as if it were above, as PyTorch does.',
    'Each vector is divided by its norm before they are multiplied, so that nothing overflows.'
  ],
  example: { input1: [[1, 2], [0.5, -1], [0, 1]], input2: [[2, 1], [1, 0], [-1, 1]], gradients: ['input1'] },
  rejects: [
    ['vectors of different lengths', { ...couple, input2: [[1, 0], [0, 1]] }, 'invalid_shape', '/input2'],
    ['leading axes that do not broadcast', { ...couple, input2: [[1, 2, 3], [4, 5, 6], [7, 8, 9]] }, 'invalid_shape', '/input2'],
    ['a scalar input1', { input1: 1, input2: [2] }, 'invalid_shape', '/input1'],
    ['a scalar input2', { input1: [1], input2: 2 }, 'invalid_shape', '/input2'],
    ['a negative eps', { ...couple, eps: -1e-8 }, 'invalid_option', '/eps'],
    ['negative as a number', { ...couple, negative: 1 }, 'invalid_request', '/negative']
  ],
  oracle: {
    expression: 'cosine_distance(input1, input2, eps, negative)',
    library: {
      name: 'optax',
      expression: 'optax.cosine_distance(*jnp.broadcast_arrays(input1, input2), epsilon=eps**2) - (1 if negative else 0)',
      when: 'input1.size > 0 and input2.size > 0',
      gradients: true
    },
    cases: [
      { shapes: { input1: [4, 5], input2: [4, 5] } },
      { shapes: { input1: [4, 5], input2: [4, 5] }, options: { negative: true } },
      { shapes: { input1: [4, 5], input2: [4, 5] }, options: { eps: 0 } },
      { shapes: { input1: [2, 3, 4], input2: [3, 1] } },
      { shapes: { input1: [1], input2: [5, 7] }, options: { negative: true } },
      { shapes: { input1: [6], input2: [6] } },
      { shapes: { input1: [2, 1, 2, 2, 3], input2: [3, 1, 2, 3] } },
      { slots: { input1: { shape: [3, 0], data: [] }, input2: { shape: [3, 0], data: [] } } },
      { shapes: { input1: [0, 3], input2: [0, 3] } },
      { shapes: { input1: [2, 1005], input2: [2, 1005] } },
      { slots: { input1: [[0, 0], [1, 2], [0, 0]], input2: [[1, 2], [0, 0], [0, 0]] } },
      { slots: { input1: [[0, 0], [1, 2], [3, 4]], input2: [[1, 2], [0, 0], [6, 8]] }, options: { eps: 0 } },
      { slots: { input1: [[1, 2], [1, 2], [1, 2], [1, 2]], input2: [[1, 2], [2, 4], [-1, -2], [1, 2.000001]] } },
      { slots: { input1: [[1, 2], [3, 4], [0.1, 0.2]], input2: [[0.3, 0.1], [0.1, 0.1], [2, 1]] }, options: { eps: 0.5 } },
      { slots: { input1: [['NaN', 1], ['Infinity', 1], [1e100, 1e100]], input2: [[1, 1], [1, 1], [1e150, 0]] } },
      { slots: { input1: [[1e-100, 0], [1e-30, 1e-30]], input2: [[0, 1e-100], [1e30, 0]] }, options: { eps: 0 } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'zero_at_target' },
    { law: 'at_most', bound: 2 },
    { law: 'symmetric', slots: ['input1', 'input2'] },
    { law: 'scale_invariant', slots: ['input1'] },
    { law: 'scale_invariant', slots: ['input2'] }
  ]
})
