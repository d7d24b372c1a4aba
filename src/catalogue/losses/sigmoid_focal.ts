import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { chances, zeros } from '../rejections.js'

export default defineLoss({
  summary: 'Focal loss of logits: binary cross entropy that counts less where the prediction is right already',
  aliases: ['sigmoid_focal_loss', 'focal_with_logits'],
  family: 'elements',
  formula: String.raw`\ell_i = \alpha_{t,i} (1 - p_{t,i})^\gamma \left( (1 - y_i) x_i - \ln \sigma(x_i) \right), \quad ` +
    String.raw`p_{t,i} = y_i \sigma(x_i) + (1 - y_i) \sigma(-x_i), \quad \alpha_{t,i} = y_i \alpha + (1 - y_i) (1 - \alpha)`,
  slots: {
    input: float('(*)', 'Logits', { integers: 'refuse' }),
    target: float('(*)', 'True probabilities, 0 and 1 most often, in the shape of input', {
      fits: 'same', integers: 'refuse', domain: 'probability'
    })
  },
  options: {
    alpha: z.union([z.number().min(0).max(1), z.literal(-1)]).default(0.25)
      .describe('Weight of class 1, in [0, 1]; that of class 0 is the rest. -1 weighs both with 1'),
    gamma: z.number().min(0).default(2).describe('How much less right predictions count; 0 is plain cross entropy')
  },
  // Neither smoothing nor clipping, and from logits.
  parameters: ({ alpha, gamma }) => [...alpha === -1 ? [1, 1] : [alpha as number, 1 - (alpha as number)], gamma as number, 0, 0, 1],
  equivalents: {
    torchvision: 'ops.sigmoid_focal_loss, whose reduction is "none" unless said',
    optax: 'sigmoid_focal_loss, whose alpha is off unless said',
    Keras: 'binary_focal_crossentropy(from_logits=True, apply_class_balancing=True), but for its clipping'
  },
  references: [
    'https://arxiv.org/abs/1708.02002',
    'https://docs.pytorch.org/vision/stable/generated/torchvision.ops.sigmoid_focal_loss.html'
  ],
  notes: [
    'Where a prediction is certainly right the loss and its gradients vanish, for any gamma above 0: 1 − p_t is not rounded to 0. ' +
      'torchvision gives NaN there where gamma is below 1.',
    'Infinite logits have the limits of large ones: 0 where they are right, ∞ where they are wrong. torchvision gives NaN for most.',
    'Targets outside [0, 1] are accepted; where 1 − p_t is negative a fraction as gamma gives NaN.'
  ],
  example: { input: [0.5, -1, 2], target: [1, 0, 0], gradients: ['input'] },
  rejects: [
    ['shapes that differ', { ...chances, target: [0, 1] }, 'invalid_shape', '/target'],
    ['an alpha above 1', { ...chances, alpha: 1.5 }, 'invalid_option', '/alpha'],
    ['a negative alpha other than -1', { ...chances, alpha: -0.5 }, 'invalid_option', '/alpha'],
    ['a negative gamma', { ...chances, gamma: -1 }, 'invalid_option', '/gamma'],
    ['an integer input', { ...chances, input: zeros('int64', 2, 2) }, 'invalid_dtype', '/input'],
    ['an integer target', { ...chances, target: zeros('int64', 2, 2) }, 'invalid_dtype', '/target']
  ],
  oracle: {
    expression: 'sigmoid_focal(input, target, alpha, gamma)',
    library: {
      name: 'torchvision',
      expression: 'torchvision.ops.sigmoid_focal_loss(tensor(input), tensor(target), alpha=alpha, gamma=gamma)'
    },
    cases: [
      { shapes: { input: [3, 2], target: [3, 2] } },
      { shapes: { input: [4], target: [4] }, options: { alpha: -1, gamma: 0 } },
      { shapes: { input: [4], target: [4] }, options: { alpha: 0.75, gamma: 0.5 } },
      { shapes: { input: [2, 1, 2], target: [2, 1, 2] }, options: { alpha: 1, gamma: 3 } },
      { shapes: { input: [2, 2], target: [2, 2] }, options: { alpha: 0, gamma: 1.5 } },
      { shapes: { input: [4], target: [4] }, options: { gamma: 1 } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [2, 1, 2, 1, 2], target: [2, 1, 2, 1, 2] } },
      { shapes: { input: [1, 1, 3, 1], target: [1, 1, 3, 1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [2100], target: [2100] } },
      { slots: { input: [0.5, -1, 2, 0, 40, -40, 1e-300], target: [1, 0, 0, 1, 0, 1, 0] } },
      { slots: { input: [30, -30, 800, -800, 800, -800], target: [1, 0, 1, 0, 0, 1] } },
      { slots: { input: [30, -30, 800, -800, 710, -740], target: [1, 0, 1, 0, 1, 0] }, options: { gamma: 0.5, alpha: -1 } },
      { slots: { input: [30, -30, 800, -800, 1e300], target: [1, 0, 1, 0, 0.5] }, options: { gamma: 0 } },
      { slots: { input: [2, -3, 1], target: [1.5, 2, -0.5] } },
      { slots: { input: [2, -3, 1], target: [1.5, 2, -0.5] }, options: { gamma: 3 } },
      { slots: { input: ['Infinity', '-Infinity', 'NaN', 1], target: [1, 0, 1, 'NaN'] } },
      {
        slots: { input: ['Infinity', '-Infinity'], target: [0, 1] },
        without: { input: 'autograd multiplies 0 by ∞ where the limit is 0', target: 'autograd takes ∞ from ∞' }
      }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'equals', loss: 'binary_cross_entropy_with_logits', options: { alpha: -1, gamma: 0 } },
    { law: 'equals', loss: 'binary_focal', others: { from_logits: true, apply_class_balancing: true, epsilon: 0 } }
  ]
})
