import { clippedSamples } from '../cases.js'
import { defineLoss } from '../define.js'
import { advantages, logprobs, NAMES, oldLogprobs, samples, SUMS, threshold, unclipped } from '../policy.js'

export default defineLoss({
  summary: 'Proximal policy optimisation: the lesser of the advantage times the probability ratio and times the clipped ratio, negated',
  aliases: ['ppo_clip', 'ppo_loss'],
  family: 'clipped',
  formula: String.raw`\ell_i = -\min(\rho_i A_i, \operatorname{clip}(\rho_i, c_\text{low}, c_\text{high}) A_i), \quad ` +
    String.raw`\rho_i = e^{\ln p_i - \ln q_i}`,
  slots: { logprobs, old_logprobs: oldLogprobs, advantages },
  options: { clip_low_threshold: threshold('Lower', 0.8), clip_high_threshold: threshold('Upper', 1.2) },
  equivalents: {
    Tinker: 'ppo, with the same options',
    TRL: 'GRPOTrainer with epsilon = 1 − clip_low_threshold, epsilon_high = clip_high_threshold − 1 and beta = 0',
    verl: 'compute_policy_loss_vanilla with clip_ratio_low and clip_ratio_high, without its dual clip'
  },
  references: [
    'https://arxiv.org/abs/1707.06347',
    'https://github.com/thinking-machines-lab/tinker-cookbook/blob/main/docs/losses.mdx'
  ],
  notes: [
    'The thresholds are bounds of the ratio itself: ε of the paper is 1 − clip_low_threshold and clip_high_threshold − 1.',
    'Where both products are equal, each has half the gradient; at a bound the clipped ratio passes all of it, as PyTorch\'s clamp ' +
      'does. So the gradient is whole up to and at the bounds, and 0 beyond where the clipped product is the lesser.',
    NAMES,
    SUMS
  ],
  example: { ...samples, reduction: 'sum', gradients: ['logprobs'] },
  rejects: unclipped,
  oracle: {
    expression: 'ppo(logprobs, old_logprobs, advantages, clip_low_threshold, clip_high_threshold)',
    cases: clippedSamples
  },
  laws: [
    { law: 'shift_invariant', slots: ['logprobs', 'old_logprobs'] },
    { law: 'equals', loss: 'importance_sampling', options: { clip_low_threshold: 0, clip_high_threshold: 1e300 } }
  ]
})
