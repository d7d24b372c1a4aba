import { hinges } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { labelEncoding } from '../options.js'
import { labelled } from '../rejections.js'

export default defineLoss({
  summary: 'Hinge: how far a score lies on the wrong side of the margin of its label',
  aliases: ['hinge_loss', 'binary_hinge'],
  family: 'hinges',
  formula: String.raw`\ell_i = \max(0, 1 - y_i x_i)`,
  slots: {
    input: float('(*)', 'Scores'),
    target: float('(*)', 'Labels, −1 or 1; broadcasts with input', { domain: 'sign' })
  },
  options: { label_encoding: labelEncoding },
  parameters: () => [0],
  kernels: ['other_labels'],
  equivalents: {
    optax: 'hinge_loss',
    Keras: 'hinge, which is label_encoding "auto"; its none averages the last axis',
    'scikit-learn': 'hinge_loss of two labels',
    'TensorFlow.js': 'losses.hingeLoss, which is label_encoding "01"; metrics and layers: hinge'
  },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html',
    'https://keras.io/api/losses/hinge_losses/',
    'https://scikit-learn.org/stable/modules/generated/sklearn.metrics.hinge_loss.html'
  ],
  notes: [
    'Where the score lies on the margin the loss is 0 and its gradient that of 1 − yx, as PyTorch\'s clamp has it ' +
      '(optax: half of it, TensorFlow.js: 0).',
    'Labels other than ±1 are taken as they are: they scale the margin.',
    'The gradient of target is by the labels as they came: 0 and 1 double it.',
    'NaN gives NaN; the hinge passes no gradient on then.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[1, -1, 1], [-1, 1, -1]], gradients: ['input'] },
  rejects: labelled,
  oracle: {
    expression: 'hinge(input, target, label_encoding)',
    library: {
      name: 'keras',
      expression: 'keras.losses.hinge((2 * target - 1 if label_encoding == "01" else target)[..., None], input[..., None])',
      when: 'label_encoding == "auto" or (target < 0).any()',
      gradients: true
    },
    cases: hinges
  },
  laws: [{ law: 'non_negative' }]
})
