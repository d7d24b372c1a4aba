import { longSample, sampled } from '../cases.js'
import { defineLoss } from '../define.js'
import { advantages, logprobs, NAMES, oldLogprobs, samples, SUMS, unpaired } from '../policy.js'

export default defineLoss({
  summary: 'Importance sampling: advantages times the ratio of the trained policy\'s probability to that of the one that sampled',
  aliases: ['importance_sampling_loss'],
  family: 'elements',
  formula: String.raw`\ell_i = -\rho_i A_i, \quad \rho_i = e^{\ln p_i - \ln q_i}`,
  slots: { logprobs, old_logprobs: oldLogprobs, advantages },
  equivalents: { Tinker: 'importance_sampling', SkyRL: 'policy_loss_type "importance_sampling"' },
  references: [
    'https://github.com/thinking-machines-lab/tinker-cookbook/blob/main/docs/losses.mdx',
    'https://github.com/NovaSky-AI/SkyRL'
  ],
  notes: ['The ratio is not bounded: ppo and cispo clip it.', NAMES, SUMS],
  example: { ...samples, reduction: 'sum', gradients: ['logprobs'] },
  rejects: unpaired,
  oracle: {
    expression: '-(torch.exp(logprobs - old_logprobs) * advantages)',
    cases: [
      ...sampled,
      longSample,
      { shapes: { logprobs: [1, 2, 1, 3], old_logprobs: [1, 2, 1, 3], advantages: [2, 1, 1] } },
      { slots: { logprobs: [-1, -1, -2, 0], old_logprobs: [-1, -2, -1, 0], advantages: [1, 0, -1, -0.5] } }
    ]
  },
  laws: [{ law: 'shift_invariant', slots: ['logprobs', 'old_logprobs'] }]
})
