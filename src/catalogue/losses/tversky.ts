import { z } from 'zod'
import { overlapCases } from '../cases/overlap.js'
import { defineLoss } from '../define.js'
import { activation, activationParameter, dims, flag, overlapEpsilon, smooth } from '../options.js'
import { overlap } from '../rejections/regions.js'
import { overlapSlots } from '../slots.js'

export default defineLoss({
  summary: 'Tversky: 1 less what input and target share, where false positives and false negatives weigh differently',
  aliases: ['tversky_loss'],
  family: 'overlap',
  formula: String.raw`\ell = w \left( 1 - \frac{I + s}{I + \alpha \sum_i x_i (1 - y_i) + \beta \sum_i (1 - x_i) y_i + s + \varepsilon} \right), ` +
    String.raw`\quad I = \sum_i x_i y_i`,
  slots: overlapSlots,
  options: {
    dims,
    alpha: z.number().min(0).default(0.5).describe('Weight of what input holds and target does not'),
    beta: z.number().min(0).default(0.5).describe('Weight of what target holds and input does not'),
    smooth,
    epsilon: overlapEpsilon,
    activation,
    ignore_background: flag('Leave class 0 of the last axis out')
  },
  parameters: ({ alpha, beta, smooth: s, epsilon, activation: name }) =>
    [1, alpha as number, beta as number, s as number, epsilon as number, activationParameter(name)],
  equivalents: {
    Keras: 'tversky, where axis is dims; in version 3.15 alpha and beta are swapped there',
    optax: 'dice_loss with alpha and beta, softmax, epsilon 0, dims all axes but the first and the last'
  },
  references: [
    'https://keras.io/api/losses/',
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.dice_loss',
    'https://arxiv.org/abs/1706.05721'
  ],
  notes: [
    'alpha and beta 0.5 are dice with twice the smooth and the epsilon; alpha and beta 1 make 1 less the Jaccard index.',
    'The loss has the axes that dims leaves; mean divides by the number of regions, with class_weights too.',
    'With ignore_background everything is as if class 0 of the last axis were not there; softmax still sees it.',
    'A mask that leaves some classes of a row hides none from softmax: a NaN among those that it masks spoils what it keeps of the row.',
    'Where nothing is there and smooth and epsilon are 0, the loss is NaN.'
  ],
  example: {
    input: [[0.8, 0.2, 0.6], [0.1, 0.9, 0.4]], target: [[1, 0, 1], [0, 1, 0]], alpha: 0.3, beta: 0.7, dims: [1], gradients: ['input']
  },
  rejects: [
    ...overlap,
    ['a negative alpha', { input: [0.5], target: [1], alpha: -1 }, 'invalid_option', '/alpha'],
    ['a negative beta', { input: [0.5], target: [1], beta: -1 }, 'invalid_option', '/beta']
  ],
  oracle: {
    expression: 'tversky(input, target, class_weights, dims, alpha, beta, smooth, epsilon, activation, ignore_background)',
    library: [
      {
        name: 'keras',
        // Its version 3.15 has alpha and beta the other way round.
        expression: 'keras.losses.tversky(target, input, alpha=beta, beta=alpha, axis=None if dims == "all" else tuple(dims))',
        when: 'activation == "none" and smooth == 0 and epsilon == 1e-7 and not ignore_background and class_weights is None',
        gradients: true
      },
      {
        name: 'optax',
        expression: 'optax.losses.dice_loss(input, target, class_weights=class_weights, smooth=smooth, alpha=alpha, beta=beta, ' +
          'reduction="none", ignore_background=ignore_background, axis=tuple(dims))',
        when: 'activation == "softmax" and epsilon == 0 and dims != "all" and input.shape[-1] > 1 and ' +
          '(not ignore_background or (-1 not in dims and input.ndim - 1 not in dims))',
        gradients: true
      }
    ],
    cases: [
      ...overlapCases,
      { shapes: { input: [4, 5], target: [4, 5] }, options: { alpha: 0.3, beta: 0.7 } },
      { shapes: { input: [2, 4, 3], target: [2, 4, 3] }, options: { alpha: 1, beta: 0, dims: [0, 1], activation: 'sigmoid' } },
      {
        shapes: { input: [2, 4, 3], target: [2, 4, 3], class_weights: [3] },
        options: { alpha: 0.2, beta: 2, dims: [1], smooth: 1, epsilon: 0, activation: 'softmax' }
      },
      { slots: { input: [[1, 0], [0, 1]], target: [[0, 0], [1, 1]] }, options: { alpha: 0, beta: 1, dims: [1], epsilon: 0 } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'at_most', bound: 1 },
    { law: 'symmetric', slots: ['input', 'target'] },
    { law: 'equals', loss: 'dice', options: { smooth: 1, epsilon: 0.01 }, others: { smooth: 2, epsilon: 0.02 } }
  ]
})
