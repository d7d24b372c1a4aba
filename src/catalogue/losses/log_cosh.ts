import { broadcastPairs } from '../cases.js'
import { defineLoss } from '../define.js'
import { differenceLaws, predictions } from '../regression.js'
import { elementwise } from '../rejections.js'

export default defineLoss({
  summary: 'Logarithm of the hyperbolic cosine of the difference: half its square near 0, its size less ln 2 far away',
  aliases: ['logcosh'],
  family: 'elements',
  formula: String.raw`\ell_i = \ln \cosh (x_i - y_i)`,
  slots: predictions(),
  equivalents: {
    optax: 'log_cosh',
    Keras: 'log_cosh',
    'TensorFlow.js': 'metrics.logcosh of tfjs-layers'
  },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.log_cosh',
    'https://keras.io/api/losses/regression_losses/#logcosh-class'
  ],
  notes: [
    'An infinite difference gives ∞ with gradient ±1.',
    'Small differences keep all their digits; the libraries lose them to ln 2.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[0.5, 0.5, 2], [-1, 1, -3.5]], gradients: ['input'] },
  rejects: elementwise,
  oracle: {
    expression: 'log_cosh(input, target)',
    library: { name: 'optax', expression: 'optax.losses.log_cosh(input, target)', gradients: true },
    cases: [
      ...broadcastPairs,
      { slots: { input: [1, -1, 0.999, 1.001, 0, 20, -400, 750], target: [0, 0, 0, 0, 0, 0, 0, 0] } },
      { slots: { input: [1e-3, 1e-8, -1e-12, 1e-100, 1e-300, 0.1], target: [0, 0, 0, 0, 0, 0] } },
      { slots: { input: ['NaN', 'Infinity', '-Infinity', 'Infinity', 1e300], target: [0, 0, 0, 'Infinity', -1e300] } },
      { slots: { input: [1e-9, 3e-9], target: [0, 1e-9] } }
    ]
  },
  laws: differenceLaws
})
