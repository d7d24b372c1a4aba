import { defineLoss, float } from '../define.js'
import { pair, zeros } from '../rejections.js'

export default defineLoss({
  summary: 'Perceptron: how far a score lies on the wrong side of 0',
  aliases: ['perceptron_loss'],
  family: 'elements',
  formula: String.raw`\ell_i = \max(0, -y_i x_i)`,
  slots: {
    input: float('(*)', 'Scores'),
    target: float('(*)', 'Labels, −1 or 1, in the shape of input', { fits: 'same', domain: 'sign' })
  },
  equivalents: { optax: 'perceptron_loss' },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html',
    'https://doi.org/10.1037/h0042519'
  ],
  notes: [
    'Where yx is 0 the loss is 0 and its gradient that of −yx, as PyTorch\'s clamp has it (optax: half of it).',
    'NaN gives NaN; the hinge passes no gradient on then.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[1, -1, 1], [-1, 1, -1]], gradients: ['input'] },
  rejects: [
    ['shapes that differ', { ...pair, target: [1, 2, 3] }, 'invalid_shape', '/target'],
    ['a target larger than input', { input: [1, 2, 3], target: pair.target }, 'invalid_shape', '/target'],
    ['complex tensors', { ...pair, input: zeros('complex64', 2, 3) }, 'malformed_tensor', '/input/dtype']
  ],
  oracle: {
    expression: 'perceptron(input, target)',
    library: { name: 'optax', expression: 'optax.losses.perceptron_loss(input, target)', gradients: true },
    cases: [
      { shapes: { input: [3, 2], target: [3, 2] } },
      { shapes: { input: [4], target: [4] } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [2, 1, 2], target: [2, 1, 2] } },
      { shapes: { input: [2, 1, 2, 1, 2], target: [2, 1, 2, 1, 2] } },
      { shapes: { input: [1, 1, 3, 1], target: [1, 1, 3, 1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [3, 0], target: [3, 0] } },
      { shapes: { input: [2100], target: [2100] } },
      { slots: { input: [0, 0, 1, -1, -2, 2], target: [1, -1, 0, 0, 0.5, -0.25] } },
      { slots: { input: ['Infinity', '-Infinity', 'Infinity', 'NaN', 1, 'Infinity'], target: [1, 1, -1, 1, 'NaN', 0] } },
      { slots: { input: [1e300, -1e300, 1e-300, 1e300], target: [-1, 1e300, -1, -1e-300] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
