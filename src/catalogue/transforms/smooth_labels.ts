import { z } from 'zod'
import { defineTransform, float } from '../define.js'

const ONE_HOT = { input: [[0, 1, 0]], alpha: 0.3 }

export default defineTransform({
  summary: 'Labels smoothed along the last axis: a share of them spread evenly over the classes',
  family: 'lastAxis',
  formula: String.raw`y_c = (1 - \alpha) x_c + \frac{\alpha}{C}`,
  slots: {
    input: float('(…, C)', 'One-hot labels or other class probabilities', { domain: 'distribution' })
  },
  options: {
    alpha: z.number().min(0).max(1).describe('Share that is spread, in [0, 1]')
  },
  required: ['alpha'],
  equivalents: {
    PyTorch: '(1 − alpha) · input + alpha/input.shape[-1]; F.cross_entropy has it as label_smoothing',
    optax: 'smooth_labels',
    Keras: 'label_smoothing of the cross entropies'
  },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.smooth_labels',
    'https://arxiv.org/abs/1906.02629'
  ],
  notes: ['Labels are not checked. The gradient is (1 − alpha)·grad_output.'],
  example: { ...ONE_HOT, grad_output: [[1, 0.5, -1]], gradients: ['input'] },
  rejects: [
    ['a scalar', { input: 1, alpha: 0.3 }, 'invalid_shape', '/input'],
    ['an alpha above 1', { ...ONE_HOT, alpha: 1.5 }, 'invalid_option', '/alpha'],
    ['a negative alpha', { ...ONE_HOT, alpha: -0.5 }, 'invalid_option', '/alpha'],
    ['a dim', { ...ONE_HOT, dim: 0 }, 'invalid_request', '/dim']
  ],
  oracle: {
    expression: 'smooth_labels(input, alpha)',
    library: { name: 'optax', expression: 'optax.losses.smooth_labels(jnp.asarray(input), alpha)', gradients: true, when: 'input.size > 0' },
    cases: [
      { shapes: { input: [4, 5] }, options: { alpha: 0.3 } },
      { shapes: { input: [2, 3, 4] }, options: { alpha: 0 } },
      { shapes: { input: [2, 1, 2, 2, 3] }, options: { alpha: 1 } },
      { shapes: { input: [7] }, options: { alpha: 0.01 } },
      { shapes: { input: [4, 1] }, options: { alpha: 0.5 } },
      { shapes: { input: [0, 3] }, options: { alpha: 0.5 } },
      { shapes: { input: [3, 0] }, options: { alpha: 0.5 } },
      { shapes: { input: [3, 701] }, options: { alpha: 0.1 } },
      { slots: { input: [[0, 1, 0], [0, 0, 1]] }, options: { alpha: 0.3 } },
      { slots: { input: [['NaN', 1], ['Infinity', 0], ['-Infinity', 0]] }, options: { alpha: 0.3 } },
      { slots: { input: [['Infinity', 1], [1e300, -1e-300]] }, options: { alpha: 1 } },
      { slots: { input: [[2, -1], [1e308, 1e-320]] }, options: { alpha: 0.25 } }
    ]
  }
})
