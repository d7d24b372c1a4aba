import { z } from 'zod'
import { broadcastPairs } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { flag, number } from '../options.js'
import { elementwise, pair } from '../rejections.js'

export default defineLoss({
  summary: 'Negative log-likelihood of counts under Poisson distributions, up to terms of the counts alone',
  aliases: ['poisson_nll_loss'],
  family: 'elements',
  formula: String.raw`\ell_i = e^{x_i} - y_i x_i \quad \text{or, without log\_input,} \quad x_i - y_i \ln(x_i + \varepsilon)`,
  slots: {
    input: float('(*)', 'Logarithms of the rates, or the rates themselves'),
    target: float('(*)', 'Counts; broadcasts with input', { domain: 'positive' })
  },
  options: {
    log_input: z.boolean().default(true).describe('Whether input holds logarithms of the rates'),
    full: flag('Add Stirling\'s y·ln y − y + ½·ln(2πy) for ln y!, where the count y is greater than 1'),
    eps: number('Added to rates before their logarithm is taken').default(1e-8)
  },
  equivalents: {
    PyTorch: 'torch.nn.functional.poisson_nll_loss',
    Keras: 'poisson, with log_input false and eps 1e-7',
    'TensorFlow.js': 'metrics.poisson of tfjs-layers, with log_input false and eps 1e-7'
  },
  references: [
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.poisson_nll_loss.html',
    'https://keras.io/api/losses/probabilistic_losses/#poisson-function'
  ],
  notes: [
    'Counts need not be whole, and negative ones are accepted.',
    'With full the gradient of target is NaN at counts of at most 0, as in PyTorch.',
    'A logarithm that is so large that the rate overflows gives ∞, with gradient ∞; a rate below -eps gives NaN.'
  ],
  example: { input: [[1, 0.5, 2], [0.2, 3, 1]], target: [[0, 1, 2], [1, 0, 3]], gradients: ['input'] },
  rejects: [
    ...elementwise,
    ['a log_input that is no switch', { ...pair, log_input: 1 }, 'invalid_request', '/log_input'],
    ['an eps in words', { ...pair, eps: 'small' }, 'invalid_request', '/eps']
  ],
  oracle: {
    expression: 'F.poisson_nll_loss(input, target, log_input=log_input, full=full, eps=eps, reduction=reduction)',
    cases: [
      ...broadcastPairs,
      { shapes: { input: [4, 5], target: [4, 5] }, options: { full: true } },
      { shapes: { input: [3, 1], target: [2, 3, 4] }, options: { full: true } },
      {
        slots: { input: [[1, 0.5, 2], [0.2, 3, 1e-9]], target: [[0.5, 1.5, 2], [1, 0, 3.5]] },
        options: { log_input: false, full: true }
      },
      { slots: { input: [[0.3, 4, 0], [1e-12, 100, 0.7]], target: [1, 2, 0] }, options: { log_input: false, eps: 1e-3 } },
      { slots: { input: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5], target: [-1, 0, 0.5, 1, 1.001, 30] }, options: { full: true } },
      { slots: { input: ['NaN', 'Infinity', '-Infinity', 710, -800, 1], target: [1, 1, 2, 3, 4, 'NaN'] } },
      { slots: { input: [-1, 0, 'NaN', 'Infinity', 1e300, 1e-300], target: [1, 2, 1, 1, 3, 4] }, options: { log_input: false } },
      { slots: { input: [2, 1, 5], target: [1e30, 1e-30, 'NaN'] }, options: { full: true } }
    ]
  }
})
