import { z } from 'zod'
import { broadcastPairs } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { differenceLaws } from '../regression.js'
import { elementwise, pair } from '../rejections.js'

const share = z.number().min(0).max(1)
const three = { input: [[1, 2, 3], [4, 5, 6]], target: [2, 4], quantile: [0.1, 0.5, 0.9] }

export default defineLoss({
  summary: 'Pinball loss: the difference, weighed by the quantile above the prediction and by the rest of 1 below it',
  aliases: ['pinball', 'quantile_loss'],
  family: 'quantiles',
  formula: String.raw`\ell_i = \max \left( \tau (y_i - x_i), (\tau - 1)(y_i - x_i) \right)`,
  slots: {
    input: float('(*)', 'Predictions; with a list of Q quantiles (*, Q)'),
    target: float('(*)', 'True values; broadcasts with input, without its last axis when quantile is a list')
  },
  options: {
    quantile: z.union([share, z.array(share).min(1).max(4096)]).default(0.5)
      .describe('Quantile that is predicted, in [0, 1], or a list of them, one for each element of the last axis of input')
  },
  parameters: () => [],
  list: ({ quantile }) => [quantile as number | number[]].flat(),
  equivalents: {
    'scikit-learn': 'mean_pinball_loss with alpha = quantile',
    PyTorch: 'with quantile 0.5 half of torch.nn.functional.l1_loss'
  },
  references: [
    'https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_pinball_loss.html'
  ],
  notes: [
    'Where prediction and true value agree, the gradient of input is 1/2 - quantile.',
    'A list of quantiles gives a loss in the shape of input, and the gradient of target is a sum over them.'
  ],
  example: { ...three, gradients: ['input', 'target'] },
  rejects: [
    ...elementwise,
    ['a quantile above 1', { ...pair, quantile: 1.5 }, 'invalid_option', '/quantile'],
    ['a negative quantile', { ...pair, quantile: -0.1 }, 'invalid_option', '/quantile'],
    ['a quantile in words', { ...pair, quantile: 'median' }, 'invalid_option', '/quantile'],
    ['no quantiles', { ...three, quantile: [] }, 'invalid_option', '/quantile'],
    ['a list with a quantile above 1', { ...three, quantile: [0.1, 0.5, 9] }, 'invalid_option', '/quantile/2'],
    ['a last axis that is not one prediction for each quantile', { ...three, quantile: [0.1, 0.9] }, 'invalid_shape', '/input'],
    ['a scalar input and a list', { ...three, input: 1, target: 1 }, 'invalid_shape', '/input'],
    ['a target with the axis of the quantiles', { ...three, target: three.input }, 'invalid_shape', '/target']
  ],
  oracle: {
    expression: 'quantile_loss(input, target, quantile)',
    library: {
      name: 'sklearn',
      expression: 'sklearn.metrics.mean_pinball_loss(target, input, alpha=quantile)',
      gives: 'mean',
      when: 'not isinstance(quantile, list) and input.shape == target.shape and input.ndim in (1, 2) and input.size > 0'
    },
    // Shapes of lists also suit a single quantile, with which the laws are checked.
    cases: [
      ...broadcastPairs,
      { shapes: { input: [4, 5], target: [4, 5] }, options: { quantile: 0.9 } },
      { shapes: { input: [7], target: [7] }, options: { quantile: 0 } },
      { shapes: { input: [2, 3, 4], target: [3, 1] }, options: { quantile: 1 } },
      { shapes: { input: [3, 1], target: [2, 3, 4] }, options: { quantile: 0.25 } },
      { shapes: { input: [3, 3], target: [3] }, options: { quantile: [0.1, 0.5, 0.9] } },
      { slots: { input: [[1], [2], [3]], target: [0.5, 2, 4] }, options: { quantile: [0.75] } },
      { shapes: { input: [3, 3], target: [2, 1, 3] }, options: { quantile: [0.9, 0.3, 0] } },
      { shapes: { input: [2, 4, 2], target: [1] }, options: { quantile: [0.05, 0.95] } },
      { shapes: { input: [5], target: [] }, options: { quantile: [0, 0.25, 0.5, 0.75, 1] } },
      { shapes: { input: [0, 2], target: [1] }, options: { quantile: [0.25, 0.75] } },
      { shapes: { input: [700, 3], target: [700] }, options: { quantile: [0.1, 0.5, 0.9] } },
      { slots: { input: [1, 2, 3, 0], target: [1, 2, 4, -1] }, options: { quantile: 0.8 } },
      { slots: { input: ['NaN', 'Infinity', '-Infinity', 'Infinity', 1e300, 1e-300], target: [0, 0, 0, 'Infinity', -1e300, 0] } }
    ]
  },
  laws: [
    ...differenceLaws,
    { law: 'equals', loss: 'l1', options: { quantile: 0.5 }, factor: 0.5 }
  ]
})
