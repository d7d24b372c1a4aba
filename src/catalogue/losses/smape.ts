import { z } from 'zod'
import { broadcastPairs } from '../cases.js'
import { defineLoss } from '../define.js'
import { number } from '../options.js'
import { predictions } from '../regression.js'
import { elementwise, pair, positive } from '../rejections.js'

export default defineLoss({
  summary: 'Absolute difference beside the sizes of prediction and true value together',
  aliases: ['symmetric_mape'],
  family: 'elements',
  formula: String.raw`\ell_i = s \, \frac{\lvert x_i - y_i \rvert}{\max(\lvert x_i \rvert + \lvert y_i \rvert, \varepsilon)}`,
  slots: predictions(),
  options: {
    scale: number('Multiplies the loss, which is then at most that: 2, or 200 or 100 for percentages').default(2),
    epsilon: z.number().positive().default(1.17e-6).describe('Least sum of sizes that is divided by; greater than 0')
  },
  equivalents: { torchmetrics: 'symmetric_mean_absolute_percentage_error' },
  references: [
    'https://lightning.ai/docs/torchmetrics/stable/regression/symmetric_mean_absolute_percentage_error.html'
  ],
  notes: [
    'Two zeros have loss 0.',
    'Of opposite signs the loss is scale, and the gradients are 0.',
    'The gradient of an element that is 0 is that of the formula with sign(0) = 0.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[0.5, 0.5, 2], [-1, 1, -3.5]], gradients: ['input', 'target'] },
  rejects: [...elementwise, ...positive(pair, 'epsilon')],
  oracle: {
    expression: 'smape(input, target, scale, epsilon)',
    cases: [
      ...broadcastPairs,
      { shapes: { input: [4, 5], target: [4, 5] }, options: { scale: 200 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { epsilon: 2.5 } },
      { shapes: { input: [2, 2, 1, 3, 2], target: [3, 1] }, options: { scale: 1 } },
      { slots: { input: [1, 2, 0, 0, -3, 3, -0.5], target: [0, 2, 0, 1, 0, -3, -0.5] } },
      { slots: { input: [0.25, 0.5, -0.125, 0], target: [0.25, -0.25, 0.125, 0.5] }, options: { epsilon: 0.5 } },
      { slots: { input: ['NaN', 1, 'Infinity', '-Infinity', 'Infinity'], target: [1, 'NaN', 1, -2, 'Infinity'] } },
      { slots: { input: [1e300, 1e-300, 1, 1e-300], target: [3e299, 1e-300, 1e300, 0] } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'zero_at_target' },
    { law: 'at_most', bound: 2 },
    { law: 'symmetric', slots: ['input', 'target'] },
    { law: 'scale_invariant', slots: ['input', 'target'] }
  ]
})
