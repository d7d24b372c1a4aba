import { scoresAlongDim } from '../cases.js'
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
    cases: scoresAlongDim
  }
})
