import { hinges } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { labelEncoding } from '../options.js'
import { labelled } from '../rejections.js'

export default defineLoss({
  summary: 'Squared hinge: the square of how far a score lies on the wrong side of the margin of its label',
  aliases: ['squared_hinge_loss'],
  family: 'hinges',
  formula: String.raw`\ell_i = \max(0, 1 - y_i x_i)^2`,
  slots: {
    input: float('(*)', 'Scores'),
    target: float('(*)', 'Labels, −1 or 1; broadcasts with input', { domain: 'sign' })
  },
  options: { label_encoding: labelEncoding },
  parameters: () => [0],
  kernels: ['other_labels'],
  equivalents: {
    Keras: 'squared_hinge, which is label_encoding "auto"; its none averages the last axis',
    'TensorFlow.js': 'squaredHinge of tfjs-layers'
  },
  references: ['https://keras.io/api/losses/hinge_losses/', 'https://js.tensorflow.org/api/latest/'],
  notes: [
    'Labels other than ±1 are taken as they are: they scale the margin.',
    'The gradient of target is by the labels as they came: 0 and 1 double it.',
    'NaN gives NaN; the hinge passes no gradient on then.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[1, -1, 1], [-1, 1, -1]], gradients: ['input'] },
  rejects: labelled,
  oracle: {
    expression: 'hinge(input, target, label_encoding) ** 2',
    library: {
      name: 'keras',
      expression: 'keras.losses.squared_hinge((2 * target - 1 if label_encoding == "01" else target)[..., None], input[..., None])',
      when: 'label_encoding == "auto" or (target < 0).any()',
      gradients: true
    },
    cases: hinges
  },
  laws: [{ law: 'non_negative' }]
})
