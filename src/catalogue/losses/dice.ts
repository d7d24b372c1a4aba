import { overlapCases } from '../cases/overlap.js'
import { defineLoss } from '../define.js'
import { activation, activationParameter, dims, flag, overlapEpsilon, smooth } from '../options.js'
import { overlap } from '../rejections/regions.js'
import { overlapSlots } from '../slots.js'

export default defineLoss({
  summary: 'Dice: 1 less twice what input and target share over all that they hold',
  aliases: ['soft_dice'],
  family: 'overlap',
  formula: String.raw`\ell = w \left( 1 - \frac{2 \sum_i x_i y_i + s}{\sum_i x_i + \sum_i y_i + s + \varepsilon} \right)`,
  slots: overlapSlots,
  options: {
    dims,
    smooth,
    epsilon: overlapEpsilon,
    activation,
    ignore_background: flag('Leave class 0 of the last axis out')
  },
  parameters: options => [2, 1, 1, options.smooth as number, options.epsilon as number, activationParameter(options.activation)],
  equivalents: {
    Keras: 'dice, where axis is dims',
    optax: 'dice_loss with softmax, epsilon 0, dims all axes but the first and the last, and smooth twice its own; ' +
      'multiclass_generalized_dice_loss with class_weights 1/(T² + 1e-7) of the totals T of target, rescaled to sum to C; ' +
      'binary_dice_loss likewise with sigmoid'
  },
  references: [
    'https://keras.io/api/losses/',
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.dice_loss',
    'https://arxiv.org/abs/1606.04797'
  ],
  notes: [
    'The loss has the axes that dims leaves; mean divides by the number of regions, with class_weights too.',
    'With ignore_background everything is as if class 0 of the last axis were not there; softmax still sees it.',
    'A mask that leaves some classes of a row hides none from softmax: a NaN among those that it masks spoils what it keeps of the row.',
    'Where nothing is there and smooth and epsilon are 0, the loss is NaN.'
  ],
  example: { input: [[0.8, 0.2, 0.6], [0.1, 0.9, 0.4]], target: [[1, 0, 1], [0, 1, 0]], dims: [1], gradients: ['input'] },
  rejects: overlap,
  oracle: {
    expression: 'dice(input, target, class_weights, dims, smooth, epsilon, activation, ignore_background)',
    library: [
      {
        name: 'keras',
        expression: 'keras.losses.dice(target, input, axis=None if dims == "all" else tuple(dims))',
        when: 'activation == "none" and smooth == 0 and epsilon == 1e-7 and not ignore_background and class_weights is None',
        gradients: true
      },
      {
        name: 'optax',
        expression: 'optax.losses.dice_loss(input, target, class_weights=class_weights, smooth=smooth / 2, reduction="none", ' +
          'ignore_background=ignore_background, axis=tuple(dims))',
        when: 'activation == "softmax" and epsilon == 0 and dims != "all" and input.shape[-1] > 1 and ' +
          '(not ignore_background or (-1 not in dims and input.ndim - 1 not in dims))',
        gradients: true
      }
    ],
    cases: overlapCases
  },
  laws: [{ law: 'non_negative' }, { law: 'at_most', bound: 1 }, { law: 'symmetric', slots: ['input', 'target'] }]
})
