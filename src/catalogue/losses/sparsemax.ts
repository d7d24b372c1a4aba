import { labelledScores } from '../cases.js'
import { defineLoss, float, index } from '../define.js'
import { flag } from '../options.js'
import { labelled, pair } from '../rejections.js'

const marks = { input: [0.5, -2, 3], target: [1, 0, 1], binary: true }

export default defineLoss({
  summary: 'Sparsemax loss: what softmax has in cross entropy, for the projection of the scores onto the simplex',
  aliases: ['multiclass_sparsemax_loss', 'sparsemax_loss'],
  family: 'labelledOrBinary',
  formula: String.raw`\ell = \sum_c \pi_c (x_c - x_y) + \tfrac{1}{2} \Bigl( 1 - \sum_c \pi_c^2 \Bigr), \quad ` +
    String.raw`\pi = \operatorname*{arg\,min}_{\pi \geq 0, \sum \pi = 1} \lVert \pi - x \rVert_2; \quad \text{binary: } ` +
    String.raw`\ell = \begin{cases} 0 & z \leq -1 \\ \tfrac{1}{4} (z + 1)^2 & -1 < z < 1 \\ z & z \geq 1 \end{cases}, \quad z = (1 - 2y) x`,
  slots: {
    input: float('(…, C); with binary (*)', 'Scores of the classes; with binary, of class 1'),
    target: index('(…); with binary the shape of input', 'Class indices; with binary 0 or 1', { fits: 'same', classesOf: ['input', -1] })
  },
  options: { binary: flag('Take every element of input for itself, as the score of class 1 of two') },
  kernels: ['sparsemax_binary'],
  faults: { 1: '{slot} holds {value}, expected 0 or 1', 2: 'class index {value} is outside [0, {C})' },
  equivalents: { optax: 'multiclass_sparsemax_loss; with binary sparsemax_loss' },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.multiclass_sparsemax_loss',
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.sparsemax_loss',
    'https://arxiv.org/abs/1602.02068'
  ],
  notes: [
    'The loss is 0 where the target class leads all others by 1 or more; with binary, where z is at most −1.',
    'The gradient is π less 1 at the target; with binary (z + 1)/2 within [0, 1], with the sign of z/x.',
    'A score of −∞ is a class that cannot be, and has the loss ∞ as the target; +∞ or NaN among the scores, or nothing but −∞, gives NaN.'
  ],
  example: { input: [[1, 0.8, 0.1], [0, 3, -1]], target: [1, 1], gradients: ['input'] },
  rejects: [
    ...labelled,
    ['a scalar input, without binary', { input: 1, target: 0 }, 'invalid_shape', '/input'],
    ['a binary target other than 0 and 1', { ...marks, target: [1, 0, 2] }, 'invalid_value', '/target/2'],
    ['a negative binary target', { ...marks, target: [-1, 0, 1] }, 'invalid_value', '/target/0'],
    ['a binary target of another shape', { ...pair, target: [0, 1], binary: true }, 'invalid_shape', '/target']
  ],
  oracle: {
    expression: 'sparsemax(input, target, binary)',
    library: {
      name: 'optax',
      expression: 'optax.losses.sparsemax_loss(input, target) if binary else ' +
        'optax.losses.multiclass_sparsemax_loss(jnp.asarray(input), target)',
      when: 'binary or (input.size > 0 and input.ndim == 2)',
      gradients: true
    },
    cases: [
      ...labelledScores,
      { slots: { input: [[1, 0, 0], [2, 1, 1], [0.5, 0.5, 0.5], [0, 0.5, -0.5], [1, 1, 0]], target: [0, 0, 1, 1, 2] } },
      { slots: { input: [[1, 0.001, -1], [0.3, 0.2, 0.1], [0, -0.9999999, -3]], target: [0, 2, 0] } },
      { shapes: { input: [5, 2], target: [5, 2] }, options: { binary: true } },
      { slots: { input: [0.75, -0.5, 2], target: [0, 1, 1] }, options: { binary: true } },
      { shapes: { input: [3, 2, 1, 2], target: [3, 2, 1, 2] }, options: { binary: true } },
      { shapes: { input: [1001, 2], target: [1001, 2] }, options: { binary: true } },
      { slots: { input: 0.25, target: 1 }, options: { binary: true } },
      { slots: { input: { shape: [0, 3], data: [] }, target: { shape: [0, 3], data: [] } }, options: { binary: true } },
      {
        slots: {
          input: [-1, 1, -1, 1, 0, 'NaN', 'Infinity', '-Infinity', 'Infinity', '-Infinity', 1e300, -1e300, 1e-300, -0.9999999999],
          target: [0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0]
        },
        options: { binary: true }
      }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['input'] }]
})
