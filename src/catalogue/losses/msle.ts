import { z } from 'zod'
import { broadcastPairs } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { elementwise, pair } from '../rejections.js'

export default defineLoss({
  summary: 'Squared difference of the logarithms of 1 + prediction and 1 + true value',
  aliases: ['mean_squared_logarithmic_error'],
  family: 'elements',
  formula: String.raw`\ell_i = \left( \ln(1 + x_i) - \ln(1 + y_i) \right)^2`,
  slots: {
    input: float('(*)', 'Predictions, above -1', { domain: 'positive' }),
    target: float('(*)', 'True values, above -1; broadcasts with input', { domain: 'positive' })
  },
  options: {
    epsilon: z.union([z.literal('none'), z.number().min(0)]).default('none')
      .describe('Least value that both are clipped to first, without a gradient below; "none" refuses values of at most -1 instead')
  },
  parameters: ({ epsilon }) => [epsilon === 'none' ? -1 : epsilon as number],
  faults: { 1: '{slot} holds {value}, expected a number above -1' },
  equivalents: {
    'scikit-learn': 'mean_squared_log_error',
    Keras: 'mean_squared_logarithmic_error with epsilon 1e-7',
    'TensorFlow.js': 'metrics.meanSquaredLogarithmicError of tfjs-layers with epsilon 1e-7'
  },
  references: [
    'https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_squared_log_error.html',
    'https://keras.io/api/losses/regression_losses/#mean_squared_logarithmic_error-function'
  ],
  notes: [
    'A value of epsilon itself still has a gradient; NaN has none when it is clipped.',
    'Close values keep all their digits: the difference of logarithms is that of a quotient.'
  ],
  example: { input: [[1, 0.5, 2], [0.2, 3, 1]], target: [[0.5, 1.5, 2], [1, 0, 3.5]], gradients: ['input', 'target'] },
  rejects: [
    ...elementwise,
    ['an input of -1', { ...pair, input: [[1, 2, 3], [-1, 5, 6]] }, 'invalid_value', '/input/1/0'],
    ['an input below -1', { ...pair, input: [[1, -2, 3], [4, 5, 6]] }, 'invalid_value', '/input/0/1'],
    ['a target of -1', { ...pair, target: [[1, 2, -1], [4, 5, 6]] }, 'invalid_value', '/target/0/2'],
    ['a negative epsilon', { ...pair, epsilon: -0.5 }, 'invalid_option', '/epsilon'],
    ['an epsilon in other words', { ...pair, epsilon: 'tiny' }, 'invalid_option', '/epsilon']
  ],
  oracle: {
    expression: 'msle(input, target, epsilon)',
    library: {
      name: 'sklearn',
      expression: 'sklearn.metrics.mean_squared_log_error(target, input)',
      gives: 'mean',
      when: 'epsilon == "none" and input.shape == target.shape and input.ndim in (1, 2) and input.size > 0'
    },
    cases: [
      ...broadcastPairs,
      { shapes: { input: [4, 5], target: [4, 5] }, options: { epsilon: 1e-7 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { epsilon: 0.75 } },
      { shapes: { input: [3, 1], target: [2, 3, 4] }, options: { epsilon: 0 } },
      { slots: { input: [-0.5, -0.999, 0, 1e-8, 2, 1e300, 1e16], target: [-0.25, 3, 0, 2e-8, 2, -0.9999, -0.5] } },
      { slots: { input: ['NaN', 'Infinity', 1, 'Infinity', 1e-300], target: [0, 0, 'NaN', 'Infinity', 0] } },
      {
        slots: { input: [-5, 0.5, 0.25, 1, 'NaN', '-Infinity', 1], target: [1, 0.5, 1, 0.5, 1, 1, 'Infinity'] },
        options: { epsilon: 0.5 }
      },
      { slots: { input: [1, 1.0000001, 5], target: [1.0000000001, 1, 5.001] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'zero_at_target' }, { law: 'symmetric', slots: ['input', 'target'] }]
})
