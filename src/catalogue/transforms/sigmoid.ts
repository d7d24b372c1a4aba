import { logits } from '../cases.js'
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
    cases: logits
  }
})
