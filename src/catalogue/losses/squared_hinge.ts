import { hinges } from '../cases.js'
import { defineLoss } from '../define.js'
import { LABELS, scored } from '../scored.js'

export default defineLoss({
  ...scored,
  summary: 'Squared hinge: the square of how far a score lies on the wrong side of the margin of its label',
  aliases: ['squared_hinge_loss'],
  formula: String.raw`\ell_i = \max(0, 1 - y_i x_i)^2`,
  equivalents: {
    Keras: 'squared_hinge, which is label_encoding "auto"; its none averages the last axis',
    'TensorFlow.js': 'squaredHinge of tfjs-layers'
  },
  references: ['https://keras.io/api/losses/hinge_losses/', 'https://js.tensorflow.org/api/latest/'],
  notes: LABELS,
  oracle: {
    expression: 'hinge(input, target, label_encoding) ** 2',
    library: {
      name: 'keras',
      expression: 'keras.losses.squared_hinge((2 * target - 1 if label_encoding == "01" else target)[..., None], input[..., None])',
      when: 'label_encoding == "auto" or (target < 0).any()',
      gradients: true
    },
    cases: hinges
  }
})
