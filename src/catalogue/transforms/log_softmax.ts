import { scoresAlongDim } from '../cases.js'
import { defineTransform, float } from '../define.js'
import { dim } from '../options.js'
import { alongAxis } from '../rejections.js'

export default defineTransform({
  summary: 'Logarithm of softmax along an axis',
  family: 'axis',
  formula: String.raw`y_c = x_c - \ln \sum_k e^{x_k}`,
  slots: {
    input: float('(*)', 'Scores')
  },
  options: { dim },
  parameters: () => [],
  equivalents: {
    PyTorch: 'torch.nn.functional.log_softmax',
    optax: 'jax.nn.log_softmax',
    Keras: 'activations.log_softmax',
    'TensorFlow.js': 'logSoftmax'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html'],
  notes: [
    'A +∞, a NaN, or nothing but −∞ makes the whole row NaN; −∞ beside finite scores gives −∞.',
    'A scalar gives 0; an empty axis gives an empty answer.'
  ],
  example: { input: [[1, 2, 0.5], [0, -1, 3]], grad_output: [[1, 0.5, -1], [0.25, 1, 2]], gradients: ['input'] },
  rejects: alongAxis,
  oracle: {
    expression: 'F.log_softmax(input, dim)',
    cases: scoresAlongDim
  }
})
