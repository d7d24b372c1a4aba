import { z } from 'zod'
import { defineLoss } from '../define.js'
import { differenceLaws, realPredictions } from '../regression.js'
import { elementwise, pair, realOnly } from '../rejections.js'

export default defineLoss({
  summary: 'Smooth L1: half the squared difference over beta where it is small, the difference less beta/2 beyond',
  aliases: ['smooth_l1_loss'],
  family: 'elements',
  formula: String.raw`\ell_i = \begin{cases} \tfrac{1}{2 \beta} (x_i - y_i)^2 & \lvert x_i - y_i \rvert < \beta \\ ` +
    String.raw`\lvert x_i - y_i \rvert - \tfrac{1}{2} \beta & \text{otherwise} \end{cases}`,
  slots: realPredictions,
  options: {
    beta: z.number().min(0).default(1).describe('Difference up to which the loss is quadratic; 0 makes it l1')
  },
  equivalents: {
    PyTorch: 'torch.nn.functional.smooth_l1_loss',
    optax: 'huber_loss with delta = beta, divided by beta',
    Keras: 'huber with delta = beta, divided by beta',
    'TensorFlow.js': 'losses.huberLoss with delta = beta, divided by beta'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html'],
  notes: [
    'Where the difference is beta both branches and their gradients agree.',
    'An infinite difference has the gradient ±1; NaN has the gradient NaN, but 0 where beta is 0, as l1 has.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[0.5, 0.5, 2], [-1, 1, -3.5]], beta: 0.75, gradients: ['input'] },
  rejects: [
    ...elementwise,
    ...realOnly,
    ['a negative beta', { ...pair, beta: -1 }, 'invalid_option', '/beta']
  ],
  oracle: {
    expression: 'F.smooth_l1_loss(input, target, reduction=reduction, beta=beta)',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { beta: 0.5 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { beta: 0 } },
      { shapes: { input: [2, 3, 4], target: [3, 1] }, options: { beta: 2.5 } },
      { shapes: { input: [3, 1], target: [2, 3, 4] } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [2, 2, 1, 3, 2], target: [3, 1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [3, 0], target: [1] } },
      { shapes: { input: [2500], target: [2500] }, options: { beta: 1.5 } },
      { slots: { input: [1, -1, 2, -2, 0.5, 0], target: [0, 0, 0, 0, 0, 0] } },
      { slots: { input: ['NaN', 'Infinity', '-Infinity', 'Infinity', 1e308], target: [0, 0, 0, 'Infinity', -1e308] } },
      { slots: { input: ['NaN', 'Infinity', '-Infinity', 0, 1e-300], target: [0, 0, 0, 0, 0] }, options: { beta: 0 } }
    ]
  },
  laws: [
    ...differenceLaws,
    { law: 'equals', loss: 'l1', options: { beta: 0 } }
  ]
})
