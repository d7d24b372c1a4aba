import { logits } from '../cases.js'
import { defineTransform, float } from '../define.js'
import { elementOnly } from '../rejections.js'

export default defineTransform({
  summary: 'Logarithm of the logistic function of each element',
  family: 'pointwise',
  formula: String.raw`y_i = \ln \frac{1}{1 + e^{-x_i}}`,
  slots: {
    input: float('(*)', 'Any numbers')
  },
  equivalents: {
    PyTorch: 'torch.nn.functional.logsigmoid',
    optax: 'jax.nn.log_sigmoid',
    Keras: 'activations.log_sigmoid',
    'TensorFlow.js': 'logSigmoid'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html'],
  notes: [
    'It is min(x, 0) − ln(1 + e^−|x|), which neither overflows nor cancels.',
    '+∞ gives 0 with gradient 0, −∞ gives −∞ with gradient 1.'
  ],
  example: { input: [[1, 2, 0.5], [0, -1, 3]], grad_output: [[1, 0.5, -1], [0.25, 1, 2]], gradients: ['input'] },
  rejects: elementOnly,
  oracle: {
    expression: 'F.logsigmoid(input)',
    cases: logits
  }
})
