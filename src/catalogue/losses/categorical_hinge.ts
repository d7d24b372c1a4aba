import { defineLoss, float } from '../define.js'
import { pair } from '../rejections.js'

export default defineLoss({
  summary: 'Categorical hinge loss: by how much the best score off the target comes within 1 of the score on it',
  family: 'marked',
  formula: String.raw`\ell = \max \left( 0, 1 + \max_c (1 - y_c) x_c - \sum_c y_c x_c \right)`,
  slots: {
    input: float('(…, C)', 'Scores of the classes'),
    target: float('(…, C)', 'One-hot vectors of the classes; leading axes broadcast with those of input', { domain: 'distribution' })
  },
  equivalents: {
    Keras: 'categorical_hinge',
    'TensorFlow.js': 'tfjs-layers categoricalHinge',
    optax: 'multiclass_hinge_loss where some other score is at least 0'
  },
  references: ['https://keras.io/api/losses/hinge_losses/#categorical_hinge-function'],
  notes: [
    'The target class takes part in the inner maximum with 0, so that other classes whose scores are all negative count as 0; ' +
      'multiclass_hinge leaves it out.',
    'At the boundary, where the sum is exactly 0, the gradient is that of the active side; classes that tie share it.',
    'Targets other than 0 and 1 go through the formula. A NaN makes the loss of its row NaN.'
  ],
  example: {
    input: [[1, -0.5, 2], [-3, -1, -2]], target: [[0, 0, 1], [1, 0, 0]], gradients: ['input']
  },
  rejects: [
    ['rows of different lengths', { ...pair, target: [[1, 0], [0, 1]] }, 'invalid_shape', '/target'],
    ['leading axes that do not broadcast', { ...pair, target: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }, 'invalid_shape', '/target'],
    ['rows of no classes', { input: { shape: [2, 0], data: [] }, target: { shape: [2, 0], data: [] } }, 'invalid_shape', '/input'],
    ['a scalar input', { input: 1, target: [1] }, 'invalid_shape', '/input'],
    ['class indices', { ...pair, target: [0, 2] }, 'invalid_shape', '/target']
  ],
  oracle: {
    expression: 'categorical_hinge(input, target)',
    library: { name: 'keras', expression: 'keras.losses.categorical_hinge(target, input)', when: 'input.size > 0 and target.shape == input.shape' },
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [5], target: [5] } },
      { shapes: { input: [2, 3, 4], target: [3, 4] } },
      { shapes: { input: [2, 1, 1, 2, 4], target: [4] } },
      { shapes: { input: [6, 1], target: [6, 1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [2, 1001], target: [2, 1001] } },
      { slots: { input: [[1, -0.5, 2], [-3, -1, -2], [-3, -1, -2]], target: [[0, 0, 1], [1, 0, 0], [0, 1, 0]] } },
      { slots: { input: [[2, 1, 1], [1, 2, 2], [0, 0, 0], [1, -1, -2]], target: [[1, 0, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0]] } },
      { slots: { input: [[1, 2, 3], [-1, 2, 1]], target: [[0.5, 0.25, 0.25], [1, 1, -1]] } },
      { slots: { input: [['NaN', 1, 2], ['Infinity', 1, 0], ['-Infinity', 2, 1], [1, 2, 3]], target: [[1, 0, 0], [1, 0, 0], [0, 1, 0], ['NaN', 0, 1]] } },
      { slots: { input: [[1e300, -1e300, 1], [1e-300, -1e-300, 0], [1e16, 1, 1e16]], target: [[0, 1, 0], [1, 0, 0], [1, 0, 0]] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
