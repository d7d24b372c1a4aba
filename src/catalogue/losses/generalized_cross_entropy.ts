import { z } from 'zod'
import { defineLoss, float, index } from '../define.js'
import { flag } from '../options.js'
import { scores, zeros } from '../rejections.js'

export default defineLoss({
  summary: 'Generalised cross entropy of class probabilities with class indices, between cross entropy and absolute error',
  aliases: ['gce', 'categorical_generalized_cross_entropy'],
  family: 'labelled',
  formula: String.raw`\ell_n = \frac{1 - p_{n, y_n}^q}{q}`,
  slots: {
    input: float('(…, C)', 'Class probabilities, or logits that go through softmax', { domain: 'probability' }),
    target: index('(…)', 'Class indices', { classesOf: ['input', -1] })
  },
  options: {
    q: z.number().gt(0).lt(1).default(0.5)
      .describe('Exponent, in (0, 1): towards 0 the loss is cross entropy, towards 1 it is 1 − p'),
    from_logits: flag('input holds logits')
  },
  faults: { 1: 'class index {value} is outside [0, {C})' },
  equivalents: {
    PyTorch: '(1 − input.gather(-1, target)**q)/q',
    Keras: 'categorical_generalized_cross_entropy'
  },
  references: [
    'https://keras.io/api/losses/probabilistic_losses/',
    'https://arxiv.org/abs/1805.07836'
  ],
  notes: [
    'Probabilities are neither clipped nor normalised; the probability 0 gives 1/q with the gradient −∞, a negative one NaN.',
    'Keras answers 1/q for an index that is no class; here that is refused.'
  ],
  example: { input: [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], target: [0, 1], gradients: ['input'] },
  rejects: [
    ['an index beyond the classes', { ...scores, target: [0, 3] }, 'invalid_value', '/target/1'],
    ['a negative index', { ...scores, target: [-1, 0] }, 'invalid_value', '/target/0'],
    ['an index with a fraction', { ...scores, target: [0, 1.5] }, 'malformed_tensor', '/target/1'],
    ['a float target', { ...scores, target: zeros('float64', 2) }, 'invalid_dtype', '/target'],
    ['a scalar input', { input: 1, target: 0 }, 'invalid_shape', '/input'],
    ['batch sizes that differ', { ...scores, target: [0, 1, 2] }, 'invalid_shape', '/target'],
    ['a target with a class axis', { ...scores, target: [[0], [1]] }, 'invalid_shape', '/target'],
    ['q 0', { ...scores, q: 0 }, 'invalid_option', '/q'],
    ['q 1', { ...scores, q: 1 }, 'invalid_option', '/q'],
    ['the gradient of class indices', { ...scores, gradients: ['target'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'generalized_cross_entropy(input, target, q, from_logits)',
    library: {
      name: 'keras',
      expression: 'keras.losses.categorical_generalized_cross_entropy(target, jnp.asarray(input), q)',
      gradients: true,
      when: 'input.ndim == 2 and input.size > 0 and not from_logits'
    },
    cases: [
      { shapes: { input: [4, 5], target: [4] } },
      { shapes: { input: [4, 5], target: [4] }, options: { q: 0.1 } },
      { shapes: { input: [4, 5], target: [4] }, options: { q: 0.9, from_logits: true } },
      { shapes: { input: [5], target: [] }, options: { from_logits: true } },
      { shapes: { input: [6], target: [] } },
      { shapes: { input: [2, 3, 4], target: [2, 3] } },
      { shapes: { input: [2, 1, 3, 2, 4], target: [2, 1, 3, 2] }, options: { q: 0.7, from_logits: true } },
      { shapes: { input: [4, 1], target: [4] }, options: { from_logits: true } },
      { shapes: { input: [0, 3], target: [0] } },
      { shapes: { input: [0, 3], target: [0] }, options: { from_logits: true } },
      { shapes: { input: [300, 7], target: [300] } },
      { slots: { input: [[0, 1], [1, 0], [-0.5, 1.5], ['NaN', 1], ['Infinity', 0], [0.5, 'NaN']], target: [0, 0, 0, 0, 0, 0] } },
      { slots: { input: [[1e-300, 1], [0.999999, 1e-6], [2, 0.5]], target: [0, 0, 0] } },
      { slots: { input: [[20, 0, -10], [0, 800, -800], [-800, 800, 0]], target: [0, 1, 0] }, options: { from_logits: true } },
      { slots: { input: [['-Infinity', 1], ['Infinity', 1], ['NaN', 1], ['-Infinity', '-Infinity']], target: [1, 1, 1, 0] }, options: { from_logits: true } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'at_most', bound: 2 }]
})
