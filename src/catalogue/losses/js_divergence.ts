import { distributionPairs, vanishingLogits } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { distributionFaults, distributionOptions, distributionParameters, flag } from '../options.js'
import { information, spread } from '../rejections.js'

export default defineLoss({
  summary: 'Jensen–Shannon divergence of two distributions along the last axis, or its root, the distance',
  aliases: ['jensen_shannon'],
  family: 'distributions',
  formula: String.raw`\ell = \frac{1}{2 \ln b} \sum_c p_c \ln \frac{p_c}{m_c} + q_c \ln \frac{q_c}{m_c}, \quad m = \tfrac{1}{2} (p + q); ` +
    String.raw`\quad \text{sqrt: } \sqrt{\ell}`,
  slots: {
    p: float('(…, C)', 'Distributions, in the form that input_kind says', { domain: 'distribution' }),
    q: float('(…, C)', 'Other distributions; leading axes broadcast with those of p', { domain: 'distribution' })
  },
  options: { ...distributionOptions, sqrt: flag('Answer the Jensen–Shannon distance, the root of the divergence') },
  parameters: options => [...distributionParameters(options), Number(options.sqrt)],
  faults: distributionFaults,
  equivalents: {
    PyTorch: '(F.kl_div(m.log(), p) + F.kl_div(m.log(), q))/2 with m = (p + q)/2, summed over the last axis',
    SciPy: 'scipy.spatial.distance.jensenshannon with sqrt, of rows that sum to 1'
  },
  references: [
    'https://docs.scipy.org/doc/scipy/reference/generated/scipy.spatial.distance.jensenshannon.html',
    'https://doi.org/10.1109/18.61115'
  ],
  notes: [
    'Of distributions it lies in [0, ln 2/ln b]; where both are 0 they contribute 0. Nothing is normalised.',
    'The gradient of p is −∞ where only p is 0, and 0 where both are 0. Of logarithms and logits it is 0 at probability 0.',
    'With sqrt the base divides inside the root, and the gradient at distance 0 is NaN.'
  ],
  example: {
    p: [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], q: [[0.25, 0.25, 0.5], [0.6, 0.3, 0.1]], gradients: ['p', 'q']
  },
  rejects: [
    ...information(spread),
    ['distributions of different lengths', { ...spread, q: [[0.2, 0.3, 0.5], [0.2, 0.3, 0.5]] }, 'invalid_shape', '/q'],
    ['leading axes that do not broadcast', { ...spread, q: [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]] }, 'invalid_shape', '/q'],
    ['a sqrt of another type', { ...spread, sqrt: 1 }, 'invalid_request', '/sqrt']
  ],
  oracle: {
    expression: 'js_divergence(p, q, base, input_kind, sqrt)',
    cases: [
      ...distributionPairs.filter(({ options }) => options?.eps === undefined),
      { shapes: { p: [4, 5], q: [4, 5] }, options: { sqrt: true } },
      { shapes: { p: [2, 3, 4], q: [3, 4] }, options: { sqrt: true, base: 2, input_kind: 'logits' } },
      { shapes: { p: [4], q: [4] }, options: { validate: true } },
      { shapes: { p: [2, 1, 2, 1, 3], q: [2, 2, 1, 3] } },
      { shapes: { p: [0, 3], q: [0, 3] } },
      { shapes: { p: [3, 0], q: [3, 0] } },
      { shapes: { p: [2, 1501], q: [2, 1501] } },
      { slots: { p: [[0, 0.5, 0.5], [0.5, 0.5, 0], [1, 0, 0]], q: [[0, 0.5, 0.5], [0, 0.5, 0.5], [0, 1, 0]] } },
      { slots: { p: [[0.25, 0.75]], q: [[0.25, 0.75]] }, options: { sqrt: true } },
      { slots: { p: [['NaN', 1], [0, 1], ['Infinity', 1]], q: [[0.5, 0.5], ['NaN', 1], [0.5, 1]] } },
      { slots: { p: [[0.5, 0.3, 0.2], [1e-300, 1, 1e-30]], q: [[0.5, 0.25, 0.25], [1, 1e-300, 2e-30]] } },
      vanishingLogits
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'zero_at_target' },
    { law: 'at_most', bound: Math.LN2 },
    { law: 'symmetric', slots: ['p', 'q'] }
  ]
})
