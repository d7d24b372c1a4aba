import { defineTransform, float } from '../define.js'
import { dim } from '../options.js'
import { alongAxis } from '../rejections.js'

export default defineTransform({
  summary: 'Softmax along an axis: exponentials divided by their sum',
  family: 'axis',
  formula: String.raw`y_c = \frac{e^{x_c}}{\sum_k e^{x_k}}`,
  slots: {
    input: float('(*)', 'Scores')
  },
  options: { dim },
  parameters: () => [],
  equivalents: {
    PyTorch: 'torch.nn.functional.softmax',
    optax: 'jax.nn.softmax',
    Keras: 'activations.softmax',
    'TensorFlow.js': 'softmax'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html'],
  notes: [
    'A +∞, a NaN, or nothing but −∞ makes the whole row NaN; −∞ beside finite scores gives 0.',
    'A scalar gives 1; an empty axis gives an empty answer.'
  ],
  example: { input: [[1, 2, 0.5], [0, -1, 3]], grad_output: [[1, 0.5, -1], [0.25, 1, 2]], gradients: ['input'] },
  rejects: alongAxis,
  oracle: {
    expression: 'F.softmax(input, dim)',
    cases: [
      { shapes: { input: [4, 5] } },
      { shapes: { input: [2, 3, 4] }, options: { dim: 0 } },
      { shapes: { input: [2, 3, 4] }, options: { dim: -2 } },
      { shapes: { input: [6] }, options: { dim: 0 } },
      { shapes: { input: [] } },
      { shapes: { input: [3, 0] } },
      { shapes: { input: [0, 3] } },
      { shapes: { input: [2, 1500] } },
      { slots: { input: [['Infinity', 1], ['NaN', 1], ['-Infinity', '-Infinity'], ['-Infinity', 1], [1e308, -1e308]] } },
      { slots: { input: [[40, 0, -10], [0, 800, -800], [3, 3, 3]] } }
    ]
  }
})
