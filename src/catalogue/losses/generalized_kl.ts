import { defineLoss, float } from '../define.js'

const KNOWN = { log_input: [[-1, -2], [-0.5, -1]], target: [[0.2, 0.4], [0.5, 0.5]] }

/** At target 0 beside log_input −∞. */
const BOTTOM = { target: 'autograd subtracts infinities where the slope is −∞' }

export default defineLoss({
  summary: 'Generalised Kullback–Leibler divergence of positive vectors along the last axis, whose sums may differ',
  aliases: ['generalized_kl_divergence', 'i_divergence', 'convex_kl_divergence'],
  family: 'distributions',
  formula: String.raw`\ell = \sum_c t_c \ln t_c - t_c x_c + e^{x_c} - t_c`,
  slots: {
    log_input: float('(…, C)', 'Logarithms of the predictions'),
    target: float('(…, C)', 'True values, at least 0; leading axes broadcast with those of log_input', { domain: 'positive' })
  },
  equivalents: {
    PyTorch: 'F.kl_div(log_input, target, reduction="none").sum(-1) + (log_input.exp() - target).sum(-1)',
    optax: 'generalized_kl_divergence; convex_kl_divergence'
  },
  references: [
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.generalized_kl_divergence',
    'https://web.stanford.edu/~boyd/cvxbook/'
  ],
  notes: [
    'target 0 contributes e^x, but NaN where log_input is infinite; a negative target gives NaN.',
    'The gradient of target at 0 is −∞.',
    'Where e^x and target are nearly equal the loss is computed from their difference; what rounding e^x changes in that is all it loses.'
  ],
  example: {
    log_input: [[-1, -2, -0.5], [-0.1, -3, -1.5]], target: [[0.2, 0.4, 0.8], [0.5, 0.25, 0.25]], gradients: ['log_input', 'target']
  },
  rejects: [
    ['vectors of different lengths', { ...KNOWN, target: [[0.2, 0.3, 0.5], [0.2, 0.3, 0.5]] }, 'invalid_shape', '/target'],
    ['leading axes that do not broadcast', { ...KNOWN, target: [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]] }, 'invalid_shape', '/target'],
    ['a scalar log_input', { ...KNOWN, log_input: 1 }, 'invalid_shape', '/log_input'],
    ['a scalar target', { ...KNOWN, target: 1 }, 'invalid_shape', '/target'],
    ['a base', { ...KNOWN, base: 2 }, 'invalid_request', '/base']
  ],
  oracle: {
    expression: 'generalized_kl(log_input, target)',
    library: {
      name: 'optax', expression: 'optax.losses.generalized_kl_divergence(jnp.asarray(log_input), jnp.asarray(target))', gradients: true
    },
    cases: [
      { shapes: { log_input: [4, 5], target: [4, 5] } },
      { shapes: { log_input: [4, 5], target: [5] } },
      { shapes: { log_input: [3, 4], target: [2, 1, 4] } },
      { shapes: { log_input: [7], target: [7] } },
      { shapes: { log_input: [4, 1], target: [4, 1] } },
      { shapes: { log_input: [2, 1, 3, 2, 3], target: [2, 3, 1, 3] } },
      { shapes: { log_input: [0, 3], target: [0, 3] } },
      { shapes: { log_input: [3, 0], target: [3, 0] } },
      { shapes: { log_input: [3, 701], target: [3, 701] } },
      { slots: { log_input: [[0, -1, 2], [0.5, 1, -800]], target: [[0, 0.5, 1], [1, 0, 2]] } },
      { slots: { log_input: [[0.25, 1], [-0.5, 0.1], [-700, 1]], target: [[1.25, 2.75], [0.625, 1.125], [1e-300, 3]] } },
      { slots: { log_input: [['-Infinity', 0], ['-Infinity', 0], ['Infinity', 0]], target: [[1, 1], [0, 1], [1, 1]] }, without: BOTTOM },
      { slots: { log_input: [['NaN', 0], [1, 0], [1, 0], [800, 1]], target: [[1, 1], ['NaN', 1], ['Infinity', 1], [1e300, 0.5]] } },
      { slots: { log_input: [[1, 0]], target: [[-1, 1]] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
