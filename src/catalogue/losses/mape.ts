import { z } from 'zod'
import { broadcastPairs } from '../cases.js'
import { defineLoss } from '../define.js'
import { number } from '../options.js'
import { predictions } from '../regression.js'
import { elementwise, pair, positive } from '../rejections.js'

export default defineLoss({
  summary: 'Absolute difference as a percentage of the true value\'s size',
  aliases: ['mean_absolute_percentage_error'],
  family: 'elements',
  formula: String.raw`\ell_i = s \, \frac{\lvert x_i - y_i \rvert}{\max(\lvert y_i \rvert, \varepsilon)}`,
  slots: predictions(),
  options: {
    scale: number('Multiplies the loss: 100 for percentages, 1 for fractions').default(100),
    epsilon: z.number().positive().default(1e-7).describe('Least size of a true value that is divided by; greater than 0')
  },
  equivalents: {
    Keras: 'mean_absolute_percentage_error',
    'scikit-learn': 'mean_absolute_percentage_error with scale 1, epsilon 2^-52',
    'TensorFlow.js': 'metrics.meanAbsolutePercentageError of tfjs-layers'
  },
  references: [
    'https://keras.io/api/losses/regression_losses/#mean_absolute_percentage_error-function',
    'https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_absolute_percentage_error.html'
  ],
  notes: [
    'A true value of 0 gives huge numbers, not ∞.',
    'Where prediction and true value agree the gradients are 0; a true value whose size is epsilon itself counts as above it.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[0.5, 0.5, 2], [-1, 1, -3.5]], gradients: ['input', 'target'] },
  rejects: [...elementwise, ...positive(pair, 'epsilon')],
  oracle: {
    expression: 'mape(input, target, scale, epsilon)',
    library: {
      name: 'sklearn',
      expression: 'scale * sklearn.metrics.mean_absolute_percentage_error(target, input)',
      gives: 'mean',
      when: 'input.shape == target.shape and input.ndim in (1, 2) and input.size > 0 and np.abs(target).min() > epsilon'
    },
    cases: [
      ...broadcastPairs,
      { shapes: { input: [4, 5], target: [4, 5] }, options: { scale: 1, epsilon: 2 ** -52 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { epsilon: 1.5 } },
      { shapes: { input: [2, 2, 1, 3, 2], target: [3, 1] }, options: { scale: -2 } },
      { slots: { input: [1, 2, 0, 0, -3, 3, 0.5], target: [0, 2, 0, 1, 0, -3, 0.5] } },
      { slots: { input: [1, 3, -1, 0.25, -5], target: [0.5, -0.5, 0.5, 0.25, 0.75] }, options: { epsilon: 0.5 } },
      { slots: { input: ['NaN', 1, 'Infinity', '-Infinity', 1, 'Infinity'], target: [1, 'NaN', 1, -2, 'Infinity', 'Infinity'] } },
      { slots: { input: [1e300, 1e-300, 1, 1e-300], target: [1e299, 1e-300, 1e300, 0] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'zero_at_target' }, { law: 'scale_invariant', slots: ['input', 'target'] }]
})
