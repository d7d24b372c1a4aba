import { distributionPairs, vanishingLogits } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { clipping, distributionFaults, distributionOptions, distributionParameters } from '../options.js'
import { twoDistributions } from '../rejections.js'

export default defineLoss({
  summary: 'Kullback–Leibler divergence of two distributions along the last axis',
  aliases: ['relative_entropy'],
  family: 'distributions',
  formula: String.raw`\ell = \frac{1}{\ln b} \sum_c p_c \ln \frac{p_c}{q_c}`,
  slots: {
    p: float('(…, C)', 'True distributions, in the form that input_kind says', { domain: 'distribution' }),
    q: float('(…, C)', 'Predicted distributions; leading axes broadcast with those of p', { domain: 'distribution' })
  },
  options: { ...distributionOptions, eps: clipping(1, 'p and q to [eps, 1]') },
  parameters: options => [...distributionParameters(options), options.eps as number],
  faults: distributionFaults,
  equivalents: {
    PyTorch: 'torch.distributions.kl_divergence of two Categoricals',
    optax: 'kl_divergence(log q, p); kl_divergence_with_log_targets',
    Keras: 'kl_divergence with eps 1e-7',
    'TensorFlow.js': 'metrics.kullbackLeiblerDivergence, which clips only inside the logarithm'
  },
  references: [
    'https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.kl',
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.kl_divergence',
    'https://keras.io/api/losses/probabilistic_losses/#kl_divergence-function'
  ],
  notes: [
    'p = 0 contributes 0, but NaN where q is NaN; q = 0 < p gives ∞.',
    'The gradient of p at p = 0 is −∞, that of q at p = q = 0 NaN. Of logarithms and logits they are their limits, 0.',
    'Nothing is normalised.'
  ],
  example: {
    p: [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], q: [[0.25, 0.25, 0.5], [0.6, 0.3, 0.1]], gradients: ['p', 'q']
  },
  rejects: twoDistributions(1),
  oracle: {
    expression: 'kl_divergence(p, q, base, input_kind, eps)',
    cases: [
      ...distributionPairs,
      { shapes: { p: [4, 5], q: [4, 5] }, options: { eps: 0.15, input_kind: 'log_probs' } },
      { shapes: { p: [0, 3], q: [0, 3] } },
      { shapes: { p: [3, 0], q: [3, 0] } },
      { shapes: { p: [2, 1500], q: [2, 1500] } },
      {
        slots: {
          p: [[0, 0.5, 0.5], [0.5, 0.5, 0], [0, 1, 0], [1, 0, 'NaN'], [-1, 0.5, 1], [0, 0, 1]],
          q: [[0, 0.5, 0.5], [0, 0.5, 0.5], ['NaN', 1, 0], [1, 0, 0], [-1, 0.5, 1], [-1, 0.5, 2]]
        },
        without: { p: 'autograd adds −∞ and 0/0 at p = 0, where the derivative is −∞' }
      },
      { slots: { p: [[0.5, 0.3, 0.2], [1e-30, 0.5, 0.5]], q: [[0.25, 0.25, 0.5], [0.4, 1e-30, 0.6]] } },
      { slots: { p: [[0, 1, 0]], q: [[0, 0.5, 0.5]] }, options: { eps: 1e-7 } },
      vanishingLogits
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'zero_at_target' }]
})
