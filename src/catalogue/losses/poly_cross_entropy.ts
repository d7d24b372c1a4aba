import { defineLoss, float } from '../define.js'
import { number } from '../options.js'
import { pair } from '../rejections.js'

export default defineLoss({
  summary: 'Poly loss: cross entropy of logits with class probabilities, and epsilon times the probability that is missed',
  aliases: ['poly_loss'],
  family: 'distributions',
  formula: String.raw`\ell = \sum_c y_c \left( -\ln p_c + \varepsilon (1 - p_c) \right), \quad p_c = \frac{e^{x_c}}{\sum_k e^{x_k}}`,
  slots: {
    input: float('(…, C)', 'Logits of the classes'),
    target: float('(…, C)', 'Class probabilities; leading axes broadcast with those of input', { domain: 'distribution' })
  },
  options: {
    epsilon: number('Coefficient of the first polynomial term; 0 gives cross entropy').default(2)
  },
  equivalents: {
    PyTorch: 'F.cross_entropy with probabilities, plus epsilon · (target · (1 − F.softmax(input, -1))).sum(-1)',
    optax: 'poly_loss_cross_entropy'
  },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.poly_loss_cross_entropy',
    'https://arxiv.org/abs/2204.12511'
  ],
  notes: [
    'Probabilities are not checked: negative or unnormalised ones go through the formula.',
    'A logit of −∞ gives ∞ where target is not 0, else NaN; a +∞ or NaN among the logits, or nothing but −∞, gives NaN.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[1, 0, 0], [0, 0.5, 0.5]], gradients: ['input'] },
  rejects: [
    ['rows of different lengths', { ...pair, target: [[1, 0], [0, 1]] }, 'invalid_shape', '/target'],
    ['leading axes that do not broadcast', { ...pair, target: [[1, 0, 0], [1, 0, 0], [1, 0, 0]] }, 'invalid_shape', '/target'],
    ['a scalar input', { ...pair, input: 1 }, 'invalid_shape', '/input'],
    ['class indices', { ...pair, target: [0, 1] }, 'invalid_shape', '/target'],
    ['an epsilon in words', { ...pair, epsilon: 'two' }, 'invalid_request', '/epsilon']
  ],
  oracle: {
    expression: 'poly_cross_entropy(input, target, epsilon)',
    library: {
      name: 'optax',
      expression: 'optax.losses.poly_loss_cross_entropy(jnp.asarray(input), jnp.asarray(target), epsilon=epsilon)',
      gradients: true,
      when: 'input.shape == target.shape'
    },
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { epsilon: -1 } },
      { shapes: { input: [4, 5], target: [5] }, options: { epsilon: 0 } },
      { shapes: { input: [4], target: [3, 2, 4] }, options: { epsilon: -3.5 } },
      { shapes: { input: [6], target: [6] } },
      { shapes: { input: [2, 1, 3, 2, 4], target: [2, 1, 3, 2, 4] }, options: { epsilon: 0.5 } },
      { shapes: { input: [4, 1], target: [4, 1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [3, 0], target: [3, 0] } },
      { shapes: { input: [2, 1501], target: [2, 1501] } },
      { slots: { input: [[40, 0, -10], [0, 800, -800], [3, 3, 3]], target: [[1, 0, 0], [0, 1, 0], [0, 1, 0]] } },
      { slots: { input: [[5, 0, -1], [9, 0.5, 0]], target: [[1, 0, 0], [0.5, 0.5, 0]] }, options: { epsilon: -1 } },
      { slots: { input: [['-Infinity', 1, 3], ['-Infinity', 1, 2], [1, 'Infinity', 2]], target: [[0.5, 0, 0.5], [0, 1, 0], [1, 0, 0]] } },
      { slots: { input: [['NaN', 1], ['-Infinity', '-Infinity'], [1, 2], [1e300, -1e300]], target: [[1, 0], [1, 0], [-1, 3], [0.5, 0.5]] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['input'] }]
})
