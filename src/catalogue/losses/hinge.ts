import { hinges } from '../cases.js'
import { defineLoss } from '../define.js'
import { LABELS, scored } from '../scored.js'

export default defineLoss({
  ...scored,
  summary: 'Hinge: how far a score lies on the wrong side of the margin of its label',
  aliases: ['hinge_loss', 'binary_hinge'],
  formula: String.raw`\ell_i = \max(0, 1 - y_i x_i)`,
  equivalents: {
    optax: 'hinge_loss',
    Keras: 'hinge, which is label_encoding "auto"; its none averages the last axis',
    'scikit-learn': 'hinge_loss of two labels',
    'TensorFlow.js': 'losses.hingeLoss, which is label_encoding "01"; hinge of tfjs-layers'
  },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html',
    'https://keras.io/api/losses/hinge_losses/',
    'https://scikit-learn.org/stable/modules/generated/sklearn.metrics.hinge_loss.html'
  ],
  notes: [
    'Where the score lies on the margin the loss is 0 and its gradient that of 1 − yx, as PyTorch\'s clamp has it ' +
      '(optax: half of it, TensorFlow.js: 0).',
    ...LABELS
  ],
  oracle: {
    expression: 'hinge(input, target, label_encoding)',
    library: {
      name: 'keras',
      expression: 'keras.losses.hinge((2 * target - 1 if label_encoding == "01" else target)[..., None], input[..., None])',
      when: 'label_encoding == "auto" or (target < 0).any()',
      gradients: true
    },
    cases: hinges
  }
})
