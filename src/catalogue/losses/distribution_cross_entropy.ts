import { distributionPairs, vanishingLogits } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { clipping, distributionFaults, distributionOptions, distributionParameters, flag } from '../options.js'
import { twoDistributions } from '../rejections.js'

export default defineLoss({
  summary: 'Cross entropy of two distributions along the last axis',
  aliases: ['h_pq'],
  family: 'distributions',
  formula: String.raw`\ell = -\frac{1}{\ln b} \sum_c p_c \ln q_c`,
  slots: {
    p: float('(…, C)', 'True distributions, in the form that input_kind says', { domain: 'distribution' }),
    q: float('(…, C)', 'Predicted distributions; leading axes broadcast with those of p', { domain: 'distribution' })
  },
  options: {
    ...distributionOptions,
    eps: clipping(0.5, 'q to [eps, 1 − eps]'),
    renormalize: flag('Divide q by its sum, before it is clipped')
  },
  parameters: options => [...distributionParameters(options), options.eps as number, Number(options.renormalize)],
  faults: distributionFaults,
  equivalents: {
    PyTorch: '-torch.special.xlogy(p, q).sum(-1)',
    Keras: 'categorical_crossentropy with eps 1e-7 and renormalize',
    'scikit-learn': 'log_loss with one-hot p and eps 2.22e-16',
    'TensorFlow.js': 'metrics.categoricalCrossentropy with eps 1e-7 and renormalize'
  },
  references: [
    'https://docs.pytorch.org/docs/stable/special.html#torch.special.xlogy',
    'https://keras.io/api/losses/probabilistic_losses/#categorical_crossentropy-function'
  ],
  notes: [
    'p = 0 contributes 0, even at q = 0, but NaN where q is NaN; q = 0 < p gives ∞.',
    'The gradient of p at p = q = 0 is 0, that of q there NaN. Of logarithms and logits they are their limits, 0.',
    'Nothing is normalised unless renormalize says so.'
  ],
  example: {
    p: [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], q: [[0.25, 0.25, 0.5], [0.6, 0.3, 0.1]], base: 2, gradients: ['q']
  },
  rejects: twoDistributions(0.5),
  oracle: {
    expression: 'distribution_cross_entropy(p, q, base, input_kind, eps, renormalize)',
    cases: [
      ...distributionPairs,
      { shapes: { p: [4, 5], q: [4, 5] }, options: { eps: 0.15, input_kind: 'log_probs', renormalize: true } },
      { shapes: { p: [4, 5], q: [4, 5] }, options: { renormalize: true, base: 3 } },
      { shapes: { p: [4, 5], q: [4, 5] }, options: { renormalize: true, eps: 0.1 } },
      { shapes: { p: [0, 3], q: [0, 3] } },
      { shapes: { p: [3, 0], q: [3, 0] } },
      { shapes: { p: [2, 1500], q: [2, 1500] } },
      {
        slots: {
          p: [[0, 0.5, 0.5], [0.5, 0.5, 0], [0, 1, 0], [1, 0, 'NaN'], [0, 0, 1], [0, 1, 0]],
          q: [[0, 0.5, 0.5], [0, 0.5, 0.5], ['NaN', 1, 0], [1, 0, 0], [-1, 0.5, 2], ['Infinity', 1, 0]]
        }
      },
      { slots: { p: [[0, 1, 0]], q: [[0, 1, 0]] }, options: { renormalize: true, eps: 1e-7 } },
      { slots: { p: [[0, 1, 3]], q: [[2, 5, 1]] }, options: { renormalize: true } },
      vanishingLogits
    ]
  },
  laws: [{ law: 'non_negative' }]
})
