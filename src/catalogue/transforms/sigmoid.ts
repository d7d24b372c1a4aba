import { defineTransform, float } from '../define.js'
import { elementOnly } from '../rejections.js'

export default defineTransform({
  summary: 'The logistic function of each element',
  family: 'pointwise',
  formula: String.raw`y_i = \frac{1}{1 + e^{-x_i}}`,
  slots: {
    input: float('(*)', 'Any numbers')
  },
  equivalents: {
    PyTorch: 'torch.sigmoid',
    optax: 'jax.nn.sigmoid',
    Keras: 'activations.sigmoid',
    'TensorFlow.js': 'sigmoid'
  },
  references: ['https://docs.pytorch.org/docs/stable/special.html#torch.special.expit'],
  notes: [
    'The gradient is σ(x)·σ(−x), which stays accurate where σ(x) rounds to 1.',
    '+∞ gives 1 and −∞ gives 0, with gradient 0.'
  ],
  example: { input: [[1, 2, 0.5], [0, -1, 3]], grad_output: [[1, 0.5, -1], [0.25, 1, 2]], gradients: ['input'] },
  rejects: elementOnly,
  oracle: {
    expression: 'torch.sigmoid(input)',
    cases: [
      { shapes: { input: [4, 5] } },
      { shapes: { input: [2, 3, 4] } },
      { shapes: { input: [7] } },
      { shapes: { input: [] } },
      { shapes: { input: [0, 3] } },
      { shapes: { input: [5001] } },
      { slots: { input: ['Infinity', '-Infinity', 'NaN', 0, 30, -30] } },
      { slots: { input: [-700, -750, -800, 700, 1e-300, -1e-300] } }
    ]
  }
})
