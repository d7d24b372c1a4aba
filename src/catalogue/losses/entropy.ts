import { defineLoss, float } from '../define.js'
import { distributionFaults, distributionOptions, distributionParameters } from '../options.js'
import { information, spread } from '../rejections.js'

export default defineLoss({
  summary: 'Shannon entropy of distributions along the last axis',
  aliases: ['shannon_entropy'],
  family: 'distributions',
  formula: String.raw`\ell = -\frac{1}{\ln b} \sum_c p_c \ln p_c`,
  slots: {
    p: float('(…, C)', 'Distributions, in the form that input_kind says', { domain: 'distribution' })
  },
  options: distributionOptions,
  parameters: distributionParameters,
  faults: distributionFaults,
  equivalents: {
    PyTorch: 'torch.special.entr(p).sum(-1)',
    SciPy: 'scipy.stats.entropy(p, base), which normalises p first'
  },
  references: [
    'https://docs.pytorch.org/docs/stable/special.html#torch.special.entr',
    'https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.entropy.html'
  ],
  notes: [
    'A probability of 0 contributes 0 and has the gradient +∞; a negative one makes the row −∞ and has the gradient NaN.',
    'Of logarithms and logits the gradient at probability 0 is its limit, 0.',
    'Nothing is normalised.'
  ],
  example: { p: [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], base: 2, gradients: ['p'] },
  rejects: information({ p: spread.p }),
  oracle: {
    expression: 'shannon_entropy(p, input_kind, base)',
    cases: [
      { shapes: { p: [4, 5] } },
      { shapes: { p: [2, 3, 7] }, options: { base: 2, validate: true } },
      { shapes: { p: [6] }, options: { base: 10 } },
      { shapes: { p: [4, 5] }, options: { base: 0.5, input_kind: 'log_probs' } },
      { shapes: { p: [4, 5] }, options: { input_kind: 'logits' } },
      { shapes: { p: [0, 3] } },
      { shapes: { p: [3, 0] } },
      { shapes: { p: [2, 1500] } },
      { slots: { p: [[0, 1, 0], [-0.5, 1, 0.5], ['NaN', 0.5, 0.5], [2, 3, 'Infinity']] } },
      { slots: { p: [[-1, -2, -0.5], [0, -50, -60]] }, options: { input_kind: 'log_probs' } },
      {
        slots: { p: [[-800, 0, -1], ['-Infinity', 0, 0.5]] },
        options: { input_kind: 'log_probs' },
        without: { p: 'autograd multiplies 0 by ∞ where the limit is 0' }
      },
      { slots: { p: [[1, 2, 0.5], [40, 0, -10], [3, 3, 3]] }, options: { input_kind: 'logits', base: 2 } },
      {
        slots: { p: [['-Infinity', 0, 1], [-900, 0, 1]] },
        options: { input_kind: 'logits' },
        without: { p: 'autograd multiplies 0 by ∞ where the limit is 0' }
      },
      { slots: { p: [['Infinity', 0, 1], ['NaN', 0, 1], ['-Infinity', '-Infinity', '-Infinity']] }, options: { input_kind: 'logits' } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
