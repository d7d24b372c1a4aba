import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { flag } from '../options.js'
import { chances } from '../rejections.js'

export default defineLoss({
  summary: 'Focal loss of probabilities, or of logits: binary cross entropy that counts less where the prediction is right already',
  aliases: ['binary_focal_crossentropy', 'binary_focal_cross_entropy'],
  family: 'elements',
  formula: String.raw`\ell_i = \alpha_{t,i} (1 - p_{t,i})^\gamma \left( -y_i \ln o_i - (1 - y_i) \ln(1 - o_i) \right), \quad ` +
    String.raw`o_i = \operatorname{clip}(x_i, \epsilon, 1 - \epsilon), \quad p_{t,i} = y_i x_i + (1 - y_i) (1 - x_i)`,
  slots: {
    input: float('(*)', 'Probabilities of class 1, or logits', { domain: 'probability' }),
    target: float('(*)', 'True probabilities, 0 and 1 most often, in the shape of input', { fits: 'same', domain: 'probability' })
  },
  options: {
    apply_class_balancing: flag('Weigh class 1 with alpha and class 0 with the rest'),
    alpha: z.number().min(0).max(1).default(0.25).describe('Weight of class 1, where classes are balanced'),
    gamma: z.number().min(0).default(2).describe('How much less right predictions count; 0 is plain cross entropy'),
    from_logits: flag('The input are logits, which go through the sigmoid first'),
    label_smoothing: z.number().min(0).max(1).default(0).describe('Draws targets towards ½: y(1 − s) + s/2'),
    epsilon: z.number().min(0).max(0.5).default(1e-7)
      .describe('Inside the logarithms probabilities are clipped to [epsilon, 1 − epsilon], without a gradient outside')
  },
  parameters: ({ apply_class_balancing: balances, alpha, gamma, from_logits: logits, label_smoothing: smoothing, epsilon }) => [
    ...balances === true ? [alpha as number, 1 - (alpha as number)] : [1, 1],
    ...[gamma, smoothing, epsilon, logits].map(Number)
  ],
  equivalents: { Keras: 'binary_focal_crossentropy, whose epsilon is keras.config.epsilon(); its none averages the last axis' },
  references: [
    'https://arxiv.org/abs/1708.02002',
    'https://keras.io/api/losses/probabilistic_losses/#binary_focal_crossentropy-function'
  ],
  notes: [
    '1 − p_t is that of the unclipped probability.',
    'Probabilities outside [0, 1] are accepted; where 1 − p_t is negative a fraction as gamma gives NaN.',
    'Where 1 − p_t is 0 and gamma below 1, the gradients are infinite: the clipped cross entropy is not 0.',
    'With epsilon 0 the product of 0 and ln 0 counts as 0.',
    'Where a logit is certainly right, 1 − p_t is not rounded to 0, so that the gradients vanish with the loss, for any gamma above 0.'
  ],
  example: { input: [0.6, 0.2, 0.9], target: [1, 0, 0], apply_class_balancing: true, gradients: ['input'] },
  rejects: [
    ['shapes that differ', { ...chances, target: [0, 1] }, 'invalid_shape', '/target'],
    ['an alpha above 1', { ...chances, alpha: 1.5 }, 'invalid_option', '/alpha'],
    ['a negative alpha', { ...chances, alpha: -1 }, 'invalid_option', '/alpha'],
    ['a negative gamma', { ...chances, gamma: -1 }, 'invalid_option', '/gamma'],
    ['a label_smoothing above 1', { ...chances, label_smoothing: 1.5 }, 'invalid_option', '/label_smoothing'],
    ['an epsilon above ½', { ...chances, epsilon: 0.6 }, 'invalid_option', '/epsilon'],
    ['from_logits of another type', { ...chances, from_logits: 1 }, 'invalid_request', '/from_logits']
  ],
  oracle: {
    expression: 'binary_focal(input, target, apply_class_balancing, alpha, gamma, from_logits, label_smoothing, epsilon)',
    library: {
      name: 'keras',
      expression: 'keras.losses.binary_focal_crossentropy(target[..., None], input[..., None], apply_class_balancing, alpha, gamma, ' +
        'from_logits, label_smoothing)',
      when: 'epsilon == 1e-7',
      gradients: true
    },
    cases: [
      { shapes: { input: [3, 2], target: [3, 2] } },
      { shapes: { input: [4], target: [4] }, options: { apply_class_balancing: true, gamma: 0 } },
      { shapes: { input: [4], target: [4] }, options: { apply_class_balancing: true, alpha: 0.75, gamma: 0.5 } },
      { shapes: { input: [2, 1, 2], target: [2, 1, 2] }, options: { label_smoothing: 0.2, gamma: 3 } },
      { shapes: { input: [4], target: [4] }, options: { from_logits: true, apply_class_balancing: true, label_smoothing: 0.1 } },
      { shapes: { input: [4], target: [4] }, options: { from_logits: true, gamma: 1 } },
      { shapes: { input: [3, 2], target: [3, 2] }, options: { epsilon: 0.25 } },
      { shapes: { input: [3, 2], target: [3, 2] }, options: { epsilon: 0 } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [2, 1, 2, 1, 2], target: [2, 1, 2, 1, 2] } },
      { shapes: { input: [1, 1, 3, 1], target: [1, 1, 3, 1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [2100], target: [2100] } },
      { slots: { input: [0, 1, 0, 1, 0.5, 1e-9, 1e-300], target: [0, 1, 1, 0, 1, 0, 1] } },
      { slots: { input: [0, 1, 0, 1, 0.5], target: [0, 1, 1, 0, 0.5] }, options: { gamma: 0 } },
      { slots: { input: [0, 1], target: [1, 0] }, options: { gamma: 0.5 } },
      {
        slots: { input: [0, 1], target: [0, 1] },
        options: { gamma: 0.5 },
        without: { input: 'autograd multiplies ∞ by the 0 of the other class', target: 'as input' }
      },
      { slots: { input: [0.25, 0.75, 0.2, 0.8], target: [0, 1, 1, 0.5] }, options: { epsilon: 0.25 } },
      { slots: { input: [1.5, -0.5, 2], target: [1, 0, 0.5] }, options: { gamma: 3 } },
      { slots: { input: [2, -3, 15, -15, 40, -40, 800], target: [1, 1, 0, 0.5, 1, 1, 0] }, options: { from_logits: true } },
      {
        slots: { input: [0.5, -3, 30, -30, 20, 3], target: [1, 1, 1, 0, 0, 0.25] },
        options: { from_logits: true, gamma: 0.5, epsilon: 0, apply_class_balancing: true }
      },
      { slots: { input: [0.5, -3, 16, -17], target: [1, 0.5, 0, 1] }, options: { from_logits: true, epsilon: 0.05, gamma: 1.5 } },
      { slots: { input: ['NaN', 0.5, 'Infinity'], target: [1, 'NaN', 0.5] } },
      { slots: { input: ['NaN', 0.5], target: [1, 'NaN'] }, options: { from_logits: true } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'equals', loss: 'binary_cross_entropy', options: { gamma: 0, epsilon: 0 } },
    { law: 'equals', loss: 'binary_cross_entropy_with_logits', options: { gamma: 0, epsilon: 0, from_logits: true } }
  ]
})
