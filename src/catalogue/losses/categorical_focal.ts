import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { flag, labelSmoothing } from '../options.js'
import { chances } from '../rejections.js'

/** Rows with and without a sure class, beyond both ends of the clipping. */
const SURE = [[1, 0, 0], [0.9999, 0.0001, 0], [0.999999999, 1e-9, 0], [3, 1, 0.5]]

export default defineLoss({
  summary: 'Focal loss of class probabilities: cross entropy that counts what is sure less',
  aliases: ['categorical_focal_crossentropy'],
  family: 'classwise',
  formula: String.raw`\ell = -\sum_c \alpha_c (1 - o_c)^\gamma y_c \ln o_c, \quad o = \operatorname{clip}\left( ` +
    String.raw`\frac{u}{\sum_k u_k}, \varepsilon, 1 - \varepsilon \right)`,
  slots: {
    input: float('(…, C)', 'Class probabilities, divided by their sum first; or logits that go through softmax', { domain: 'probability' }),
    target: float('(…, C)', 'One-hot or other class probabilities; leading axes broadcast with those of input', { domain: 'distribution' })
  },
  options: {
    alpha: z.union([z.number(), z.array(z.number())]).default(0.25).describe('Weight of all classes, or a list of one for each class'),
    gamma: z.number().min(0).default(2).describe('Exponent that focuses on what is unsure; 0 gives cross entropy'),
    from_logits: flag('input holds logits'),
    label_smoothing: labelSmoothing,
    epsilon: z.number().min(0).max(0.5).default(1e-7)
      .describe('Clip probabilities to [epsilon, 1 − epsilon], without a gradient outside; 0 clips nothing')
  },
  parameters: ({ alpha, gamma, from_logits: logits, label_smoothing: smoothing, epsilon }) =>
    [Array.isArray(alpha) ? 0 : alpha as number, gamma as number, Number(logits), smoothing as number, epsilon as number],
  list: ({ alpha }) => Array.isArray(alpha) ? alpha as number[] : [],
  equivalents: {
    PyTorch: '(−alpha · (1 − o)**gamma · target · o.log()).sum(-1)',
    Keras: 'categorical_focal_crossentropy'
  },
  references: [
    'https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class',
    'https://arxiv.org/abs/1708.02002'
  ],
  notes: [
    'Each class is weighed by its own probability, not by that of the true class, which matters for targets that are not one-hot.',
    'A row of probabilities that sums to 0 gives NaN.',
    'At probability 1 with epsilon 0 the gradient is that of the limit for every gamma.'
  ],
  example: { input: [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], target: [[1, 0, 0], [0, 1, 0]], alpha: [0.25, 0.5, 0.75], gradients: ['input'] },
  rejects: [
    ['rows of different lengths', { ...chances, target: [[1, 0, 0], [0, 1, 0]] }, 'invalid_shape', '/target'],
    ['leading axes that do not broadcast', { ...chances, target: [[1, 0], [1, 0], [1, 0]] }, 'invalid_shape', '/target'],
    ['a scalar input', { ...chances, input: 1 }, 'invalid_shape', '/input'],
    ['an alpha that is not one for each class', { ...chances, alpha: [1, 2, 3] }, 'invalid_option', '/alpha'],
    ['an alpha in words', { ...chances, alpha: 'balanced' }, 'invalid_option', '/alpha'],
    ['a negative gamma', { ...chances, gamma: -1 }, 'invalid_option', '/gamma'],
    ['a label_smoothing above 1', { ...chances, label_smoothing: 1.1 }, 'invalid_option', '/label_smoothing'],
    ['a negative label_smoothing', { ...chances, label_smoothing: -0.1 }, 'invalid_option', '/label_smoothing'],
    ['a negative epsilon', { ...chances, epsilon: -0.1 }, 'invalid_option', '/epsilon'],
    ['an epsilon above ½', { ...chances, epsilon: 0.6 }, 'invalid_option', '/epsilon']
  ],
  oracle: {
    expression: 'categorical_focal(input, target, alpha, gamma, from_logits, label_smoothing, epsilon)',
    library: {
      name: 'keras',
      expression: 'keras.losses.categorical_focal_crossentropy(jnp.asarray(target), jnp.asarray(input), ' +
        'jnp.asarray(alpha), gamma, from_logits, label_smoothing)',
      gradients: true,
      when: 'epsilon == 1e-7 and input.shape == target.shape and input.size > 0'
    },
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { alpha: [0.1, 0.2, 0.3, 0.4, 2] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { from_logits: true, gamma: 0.5, alpha: 1 } },
      { shapes: { input: [4, 5], target: [5] }, options: { label_smoothing: 0.3, gamma: 3 } },
      { shapes: { input: [4], target: [3, 2, 4] }, options: { from_logits: true, epsilon: 0, alpha: [1, 0, -1, 2] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { epsilon: 0.15 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { epsilon: 0.15, from_logits: true } },
      { shapes: { input: [6], target: [6] }, options: { gamma: 0 } },
      { shapes: { input: [2, 1, 3, 2, 4], target: [2, 1, 3, 2, 4] }, options: { gamma: 1 } },
      { shapes: { input: [4, 1], target: [4, 1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [3, 0], target: [3, 0] } },
      { shapes: { input: [3, 701], target: [3, 701] } },
      { slots: { input: SURE, target: [1, 0, 0] } },
      { slots: { input: SURE, target: [0.5, 0.25, 0.25] }, options: { alpha: [1, 2, 3] } },
      { slots: { input: [[1, 0], [0.75, 0.25]], target: [[1, 1], [1, 0]] }, options: { epsilon: 0.25, gamma: 1 } },
      { slots: { input: [[0, 0], ['NaN', 1], ['Infinity', 1], [1, 2]], target: [[1, 0], [1, 0], [1, 0], ['NaN', 1]] } },
      { slots: { input: [[20, 0, -10], [0, 800, -800], ['-Infinity', 1, 0], ['NaN', 0, 1]], target: [1, 0.5, 0] }, options: { from_logits: true } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'scale_invariant', slots: ['input'] },
    { law: 'equals', loss: 'poly_cross_entropy', options: { alpha: 1, gamma: 0, epsilon: 0, from_logits: true }, others: { epsilon: 0 } }
  ]
})
