import { longSample, sampled } from '../cases.js'
import { defineLoss } from '../define.js'
import { advantages, logprobs, NAMES, oldLogprobs, samples, SUMS, threshold, unclipped } from '../policy.js'

// Central differences see how the clipped ratio moves, of which the gradient knows nothing: small random cases have
// bounds that let it stay.
const constant = { clip_low_threshold: 1.25, clip_high_threshold: 1.25 }

export default defineLoss({
  summary: 'Clipped importance sampling policy optimisation: log-probabilities weighted by the advantage and by a clipped, ' +
    'constant probability ratio',
  aliases: ['cispo_loss'],
  family: 'clipped',
  formula: String.raw`\ell_i = -\operatorname{sg}(\operatorname{clip}(\rho_i, c_\text{low}, c_\text{high})) A_i \ln p_i, \quad ` +
    String.raw`\rho_i = e^{\ln p_i - \ln q_i}`,
  slots: { logprobs, old_logprobs: { ...oldLogprobs, differentiable: false }, advantages },
  options: { clip_low_threshold: threshold('Lower', 0), clip_high_threshold: threshold('Upper', 4) },
  equivalents: {
    Tinker: 'cispo, with the same options',
    TRL: 'GRPOTrainer with loss_type "cispo", epsilon_high = clip_high_threshold',
    SkyRL: 'policy_loss_type "cispo" with cispo_eps_clip_low = 1 − clip_low_threshold, cispo_eps_clip_high = clip_high_threshold − 1'
  },
  references: [
    'https://arxiv.org/abs/2506.13585',
    'https://arxiv.org/abs/2510.13786',
    'https://github.com/thinking-machines-lab/tinker-cookbook/blob/main/tutorials/202_loss_functions.py'
  ],
  notes: [
    'No gradient flows through the clipped ratio (sg): that of logprobs is −clip(ρ)A, also where the ratio is clipped, and ' +
      'old_logprobs have none.',
    'The thresholds are bounds of the ratio itself: ε of the paper is 1 − clip_low_threshold and clip_high_threshold − 1.',
    NAMES,
    SUMS
  ],
  example: { ...samples, reduction: 'sum', gradients: ['logprobs'] },
  rejects: [
    ...unclipped,
    ['the gradient of old_logprobs', { ...samples, gradients: ['old_logprobs'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'cispo(logprobs, old_logprobs, advantages, clip_low_threshold, clip_high_threshold)',
    cases: [
      ...sampled.map(one => ({ ...one, options: constant })),
      longSample,
      ...sampled.filter(({ slots }) => slots !== undefined),
      { slots: { logprobs: [-1, -0.5, -2.5, -3, -0.25], old_logprobs: [-1, -2.5, -0.5, -2.75, -0.5], advantages: [1, 2, -1, 0, -0.5] } },
      {
        slots: { logprobs: [[-1, -0.5], [-2.5, -3]], old_logprobs: [[-1], [-2.5]], advantages: [1, -2] },
        options: { clip_low_threshold: 0.8, clip_high_threshold: 1.2 }
      },
      {
        slots: { logprobs: [-1, -0.5, -2.5], old_logprobs: [-1, -2.5, -0.5], advantages: [1, 2, -1] },
        options: { clip_low_threshold: 1, clip_high_threshold: 1 }
      }
    ]
  }
})
