import { labelledScores } from '../cases.js'
import { defineLoss, float, index } from '../define.js'
import { labelled } from '../rejections.js'

export default defineLoss({
  summary: 'Multiclass hinge loss: by how much the best other class comes within 1 of the target class, or leads it',
  aliases: ['multiclass_hinge_loss', 'crammer_singer'],
  family: 'labelled',
  formula: String.raw`\ell = \max_c \left( x_c + [c \neq y] \right) - x_y = \max \left( 0, 1 + \max_{c \neq y} x_c - x_y \right)`,
  slots: {
    input: float('(…, C)', 'Scores of the classes'),
    target: index('(…)', 'Class indices', { classesOf: ['input', -1] })
  },
  faults: { 1: 'class index {value} is outside [0, {C})' },
  equivalents: {
    optax: 'multiclass_hinge_loss',
    'scikit-learn': 'hinge_loss with more than two labels',
    PyTorch: 'torch.nn.functional.multi_margin_loss sums over the other classes and divides by C: multi_margin'
  },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.multiclass_hinge_loss',
    'https://scikit-learn.org/stable/modules/generated/sklearn.metrics.hinge_loss.html',
    'https://jmlr.org/papers/v2/crammer01a.html'
  ],
  notes: [
    'Classes that tie for the greatest share the gradient, also the target class where it leads by exactly 1.',
    'A NaN among the scores makes the loss and the gradient of its row NaN.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [2, 0], gradients: ['input'] },
  rejects: [...labelled, ['a scalar input', { input: 1, target: 0 }, 'invalid_shape', '/input']],
  oracle: {
    expression: 'multiclass_hinge(input, target)',
    library: {
      name: 'optax', expression: 'optax.losses.multiclass_hinge_loss(jnp.asarray(input), target)', when: 'input.size > 0', gradients: true
    },
    cases: [
      ...labelledScores,
      { slots: { input: [[2, 1, 0], [1, 1, 1], [0, 1, 1], [1, 1, 2]], target: [0, 1, 0, 0] } },
      { slots: { input: [[1, 2, 3], [3, 2, 1]], target: [2, 0] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['input'] }]
})
