import { defineLoss } from '../define.js'
import { advantages, logprobs, SUMS, unsampled } from '../policy.js'

const samples = { logprobs: [-1, -0.5, -2], advantages: [1, -0.5, 2] }

export default defineLoss({
  summary: 'REINFORCE: log-probabilities weighted by advantages, the plain policy gradient',
  aliases: ['reinforce_loss', 'policy_gradient'],
  family: 'elements',
  formula: String.raw`\ell_i = -A_i \ln p_i`,
  slots: { logprobs, advantages },
  equivalents: {
    Tinker: 'cross_entropy, whose weights are the advantages',
    PyTorch: '-torch.distributions.Categorical.log_prob(action) * reward'
  },
  references: [
    'https://doi.org/10.1007/BF00992696',
    'https://docs.pytorch.org/docs/stable/distributions.html#score-function'
  ],
  notes: [
    'Its gradient is that of importance_sampling where both policies are the same; cispo with both thresholds 1, and dro with beta 0, ' +
      'are this loss.',
    SUMS
  ],
  example: { ...samples, reduction: 'sum', gradients: ['logprobs'] },
  rejects: unsampled(samples),
  oracle: {
    expression: '-(advantages * logprobs)',
    cases: [
      { shapes: { logprobs: [2, 3], advantages: [2, 3] } },
      { shapes: { logprobs: [4], advantages: [1] } },
      { shapes: { logprobs: [], advantages: [] } },
      { shapes: { logprobs: [2, 1, 3], advantages: [2, 1, 1] } },
      { shapes: { logprobs: [3], advantages: [2, 2, 1] } },
      { shapes: { logprobs: [1, 2, 1, 3], advantages: [2, 1, 1] } },
      { shapes: { logprobs: [2, 1, 2, 1, 2], advantages: [2, 1, 1, 1, 1] } },
      { shapes: { logprobs: [0, 3], advantages: [3] } },
      { shapes: { logprobs: [3, 0], advantages: [3, 1] } },
      { shapes: { logprobs: [2100], advantages: [2100] } },
      { slots: { logprobs: [-1, -1, 0, 0], advantages: [1, 0, -1, 0] } },
      { slots: { logprobs: ['-Infinity', '-Infinity', 'NaN', -1, -1], advantages: [1, 0, 1, 'NaN', 'Infinity'] } },
      { slots: { logprobs: [-1e300, -800, -1e-300], advantages: [1e300, 1e-300, 1e-300] } }
    ]
  }
})
