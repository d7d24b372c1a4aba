import { defineLoss, float } from '../define.js'
import { pair } from '../rejections.js'

/** One list lacks an item in the middle, one all, one the last. */
const MASK = [[1, 0, 1], [0, 0, 0], [1, 1, 0]]

export default defineLoss({
  summary: 'Softmax cross entropy of the scores of listed items with their relevances',
  aliases: ['listwise_softmax', 'listnet'],
  family: 'lists',
  formula: String.raw`\ell = -\sum_{i \in m} w_i y_i \ln \frac{e^{x_i}}{\sum_{j \in m} e^{x_j}}`,
  slots: {
    input: float('(…, C)', 'Scores of the items'),
    target: float('(…, C)', 'Relevances; leading axes broadcast with those of input', { domain: 'positive' }),
    mask: float('(…, C)', 'Which items there are: 1, and 0 for those that are left out', {
      optional: true, differentiable: false, domain: 'binary'
    }),
    weight: float('(…, C)', 'Weight of each item, which multiplies its relevance', { optional: true, domain: 'positive' })
  },
  faults: { 1: '{slot} holds {value}, expected 0 or 1' },
  equivalents: {
    PyTorch: 'F.cross_entropy with probabilities that need not sum to 1, for lists without mask',
    optax: 'ranking_softmax_loss',
    'TensorFlow Ranking': 'SoftmaxLoss'
  },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.ranking_softmax_loss',
    'https://dl.acm.org/doi/10.1145/1273496.1273513'
  ],
  notes: [
    'mean divides by the number of lists with at least one item, also where all relevances are 0; when there is none, mean and batchmean are 0.',
    'A list without items gives 0. What is masked is not read, and has the gradient 0.',
    'Relevances are not normalised; a score of −∞ gives ∞, but NaN where the relevance is 0.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[1, 0, 2], [0, 1, 0]], mask: [[1, 1, 1], [1, 1, 0]], gradients: ['input'] },
  rejects: [
    ['lists of different lengths', { ...pair, target: [[1, 0], [0, 1]] }, 'invalid_shape', '/target'],
    ['leading axes that do not broadcast', { ...pair, target: [[1, 0, 0], [1, 0, 0], [1, 0, 0]] }, 'invalid_shape', '/target'],
    ['a mask of another length', { ...pair, mask: [1, 0] }, 'invalid_shape', '/mask'],
    ['a mask that is neither 0 nor 1', { ...pair, mask: [1, 0.5, 0] }, 'invalid_value', '/mask/1'],
    ['a weight of another length', { ...pair, weight: [1, 2] }, 'invalid_shape', '/weight'],
    ['a scalar input', { ...pair, input: 1 }, 'invalid_shape', '/input'],
    ['the gradient of mask', { ...pair, mask: [1, 0, 1], gradients: ['mask'] }, 'not_differentiable', '/gradients/0'],
    ['the gradient of a weight that was left out', { ...pair, gradients: ['weight'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'ranking_softmax(input, target, mask, weight, reduction)',
    nothing: 0,
    library: {
      name: 'optax',
      expression: 'optax.losses.ranking_softmax_loss(jnp.asarray(input), jnp.asarray(target), ' +
        'where=None if mask is None else jnp.asarray(mask) != 0, weights=weight)',
      gives: 'mean',
      when: 'input.size > 0 and all(x is None or x.shape == input.shape for x in (target, mask, weight))'
    },
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5], mask: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5], weight: [4, 5] } },
      { shapes: { input: [4, 5], target: [5], mask: [4, 5], weight: [5] } },
      { shapes: { input: [5], target: [3, 2, 5], mask: [5] } },
      { shapes: { input: [6], target: [6], mask: [6], weight: [6] } },
      { shapes: { input: [2, 1, 3, 2, 3], target: [2, 3, 1, 3], mask: [3, 2, 3] } },
      { shapes: { input: [4, 1], target: [4, 1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [3, 0], target: [3, 0] } },
      { shapes: { input: [3, 701], target: [3, 701], mask: [3, 701] } },
      { slots: { input: [[1, 2, 3], [4, 5, 6], [1, 0, 1]], target: [[1, 0, 2], [1, 1, 1], [0, 0, 0]], mask: MASK } },
      { slots: { input: [[1, 2], [3, 4]], target: [[1, 0], [0, 1]], mask: [0, 0] } },
      { slots: { input: [[1, 'NaN', 2], [1, 'Infinity', 0]], target: [[1, 'NaN', 2], [1, 1, 1]], mask: [1, 0, 1], weight: [1, 'NaN', 2] } },
      { slots: { input: [[40, 0, -10], [0, 800, -800], ['-Infinity', 1, 2], ['-Infinity', 1, 2]], target: [[1, 0, 0], [1, 0, 2], [1, 0, 1], [0, 1, 1]] } },
      { slots: { input: [['NaN', 1], ['Infinity', 1], ['-Infinity', '-Infinity'], [1e300, -1e300]], target: [[1, 1], [1, 1], [1, 1], [-1, 2]] } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'shift_invariant', slots: ['input'] },
    { law: 'equals', loss: 'poly_cross_entropy', others: { epsilon: 0 } }
  ]
})
