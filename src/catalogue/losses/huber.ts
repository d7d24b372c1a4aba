import { z } from 'zod'
import { defineLoss } from '../define.js'
import { differenceLaws, weightedPredictions } from '../regression.js'
import { elementwise, pair, realOnly, weighted } from '../rejections.js'

export default defineLoss({
  summary: 'Huber loss: half the squared difference where it is small, proportional to the difference beyond',
  aliases: ['huber_loss'],
  family: 'pointwise',
  formula: String.raw`\ell_i = w_i \begin{cases} \tfrac{1}{2} (x_i - y_i)^2 & \lvert x_i - y_i \rvert \le \delta \\ ` +
    String.raw`\delta \left( \lvert x_i - y_i \rvert - \tfrac{1}{2} \delta \right) & \text{otherwise} \end{cases}`,
  slots: weightedPredictions,
  options: {
    delta: z.union([z.literal('inf'), z.number().positive()]).default(1)
      .describe('Difference up to which the loss is quadratic: a number above 0, or "inf" for half the squared difference everywhere')
  },
  parameters: ({ delta }) => [delta === 'inf' ? Infinity : delta as number],
  equivalents: {
    PyTorch: 'torch.nn.functional.huber_loss; delta times smooth_l1_loss with beta = delta',
    optax: 'huber_loss',
    Keras: 'huber',
    'TensorFlow.js': 'losses.huberLoss'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html'],
  notes: [
    'mean divides by the number of elements, whatever the weights.',
    'Where the difference is delta both branches and their gradients agree.',
    'An infinite difference gives an infinite loss with gradient ±delta, and the loss NaN with delta "inf"; NaN gives NaN in both.'
  ],
  example: {
    input: [[1, -0.5, 2], [0, 3, -1]], target: [[0.5, 0.5, 2], [-1, 1, -3.5]], delta: 0.5, gradients: ['input']
  },
  rejects: [
    ...elementwise,
    ...realOnly,
    ...weighted,
    ['delta 0', { ...pair, delta: 0 }, 'invalid_option', '/delta'],
    ['a negative delta', { ...pair, delta: -1 }, 'invalid_option', '/delta'],
    ['a delta in other words', { ...pair, delta: 'infinite' }, 'invalid_option', '/delta']
  ],
  oracle: {
    expression: 'F.huber_loss(input, target, reduction=reduction, delta=math.inf if delta == "inf" else delta, weight=weight)',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { delta: 0.5 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { delta: 'inf' } },
      { shapes: { input: [2, 3, 4], target: [3, 1] }, options: { delta: 2.5 } },
      { shapes: { input: [3, 1], target: [2, 3, 4], weight: [3, 1] } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [3, 7], target: [3, 7], weight: [3, 7] }, options: { delta: 1.5 } },
      { shapes: { input: [5001], target: [5001] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { slots: { input: [2, -2, 1.5, -1.5, 2.5, 3], target: [0, 0, 0, 0, 0, 3] }, options: { delta: 2 } },
      { slots: { input: ['Infinity', '-Infinity', 'Infinity', 'NaN', 1e200], target: [1, 1, 'Infinity', 1, -1e200] } },
      { slots: { input: ['Infinity', '-Infinity', 'NaN', 1e200], target: [1, 1, 1, -1e200] }, options: { delta: 'inf' } },
      { slots: { input: [1, 5], target: [2, 2], weight: [1, -1] } }
    ]
  },
  laws: [
    ...differenceLaws,
    { law: 'equals', loss: 'smooth_l1', options: { delta: 0.7 }, others: { beta: 0.7 }, factor: 0.7 },
    { law: 'equals', loss: 'mse', options: { delta: 'inf' }, factor: 0.5 }
  ]
})
