import { z } from 'zod'
import { longSample, sampled } from '../cases.js'
import { defineLoss } from '../define.js'
import { advantages, logprobs, NAMES, oldLogprobs, samples, SUMS, unpaired } from '../policy.js'

export default defineLoss({
  summary: 'Direct reward optimisation: log-probabilities weighted by advantages, with a quadratic penalty on leaving the policy that sampled',
  aliases: ['dro_loss', 'direct_reward_optimization'],
  family: 'elements',
  formula: String.raw`\ell_i = -\left( A_i \ln p_i - \tfrac{1}{2} \beta (\ln p_i - \ln q_i)^2 \right)`,
  slots: { logprobs, old_logprobs: oldLogprobs, advantages },
  options: { beta: z.number().min(0).default(0.05).describe('Weight of the penalty') },
  equivalents: { Tinker: 'dro, with the same option' },
  references: [
    'https://arxiv.org/abs/2405.19107',
    'https://arxiv.org/abs/2501.12599',
    'https://github.com/thinking-machines-lab/tinker-cookbook/blob/main/docs/losses.mdx'
  ],
  notes: [
    'Tinker does not print its default of beta; 0.05 is that of its example.',
    'The method estimates advantages softly; that is the caller\'s part.',
    NAMES,
    SUMS
  ],
  example: { ...samples, reduction: 'sum', gradients: ['logprobs'] },
  rejects: [...unpaired, ['a negative beta', { ...samples, beta: -0.1 }, 'invalid_option', '/beta']],
  oracle: {
    expression: '-(logprobs * advantages - 0.5 * beta * (logprobs - old_logprobs) ** 2)',
    cases: [
      ...sampled,
      longSample,
      { shapes: { logprobs: [4], old_logprobs: [4], advantages: [1] }, options: { beta: 1.5 } },
      { shapes: { logprobs: [4], old_logprobs: [4], advantages: [4] }, options: { beta: 0 } },
      { slots: { logprobs: [-1, -1, -2, 0], old_logprobs: [-1, -2, -1, 0], advantages: [1, 0, -1, -0.5] } }
    ]
  }
})
