import { labelledScores } from '../cases.js'
import { defineLoss, float, index } from '../define.js'
import { labelled } from '../rejections.js'

export default defineLoss({
  summary: 'Multiclass perceptron loss: by how much the best class leads the target class',
  aliases: ['multiclass_perceptron_loss'],
  family: 'labelled',
  formula: String.raw`\ell = \max_c x_c - x_y`,
  slots: {
    input: float('(…, C)', 'Scores of the classes'),
    target: index('(…)', 'Class indices', { classesOf: ['input', -1] })
  },
  faults: { 1: 'class index {value} is outside [0, {C})' },
  equivalents: { optax: 'multiclass_perceptron_loss' },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.multiclass_perceptron_loss',
    'https://aclanthology.org/W02-1001/'
  ],
  notes: [
    'Classes that tie for the greatest share the gradient, also the target class; where it alone is the greatest the gradient is 0.',
    'A NaN among the scores makes the loss and the gradient of its row NaN.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [0, 1], gradients: ['input'] },
  rejects: [...labelled, ['a scalar input', { input: 1, target: 0 }, 'invalid_shape', '/input']],
  oracle: {
    expression: 'multiclass_perceptron(input, target)',
    library: {
      name: 'optax',
      expression: 'optax.losses.multiclass_perceptron_loss(jnp.asarray(input), target)',
      when: 'input.size > 0',
      gradients: true
    },
    cases: [
      ...labelledScores,
      { slots: { input: [[2, 1, 0], [1, 1, 1], [0, 1, 1], [2, 1, 2]], target: [0, 1, 0, 0] } },
      { slots: { input: [[1, 2, 3], [3, 2, 1]], target: [2, 0] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['input'] }]
})
