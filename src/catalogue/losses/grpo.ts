import { z } from 'zod'
import { clippedSamples } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { advantages, logprobs, NAMES, oldLogprobs, samples, SUMS, threshold, unclipped } from '../policy.js'

const REFERENCE = { logprobs: [2, 3], old_logprobs: [2, 3], advantages: [2, 1], ref_logprobs: [2, 3] }

export default defineLoss({
  summary: 'Group relative policy optimisation: the clipped loss of ppo for each token, plus an estimate of the divergence from a reference policy',
  aliases: ['grpo_loss'],
  family: 'clipped',
  formula: String.raw`\ell_i = -\min(\rho_i A_i, \operatorname{clip}(\rho_i, c_\text{low}, c_\text{high}) A_i) ` +
    String.raw`+ \beta (e^{d_i} - d_i - 1), \quad \rho_i = e^{\ln p_i - \ln q_i}, \quad d_i = \ln r_i - \ln p_i`,
  slots: {
    logprobs,
    old_logprobs: oldLogprobs,
    advantages,
    ref_logprobs: float('(*)', 'Log-probabilities of the same tokens under the reference policy; without them there is no penalty', {
      optional: true, domain: 'log_probability'
    })
  },
  options: {
    clip_low_threshold: threshold('Lower', 0.8),
    clip_high_threshold: threshold('Upper', 1.2),
    beta: z.number().min(0).default(0.04).describe('Weight of the penalty, where ref_logprobs are given')
  },
  equivalents: {
    TRL: 'GRPOTrainer with epsilon = 1 − clip_low_threshold and epsilon_high = clip_high_threshold − 1; its beta is 0 unless said',
    verl: 'compute_policy_loss_vanilla plus kl_loss_coef = beta times the penalty of kl_loss_type "low_var_kl", without their bounds',
    Tinker: 'ppo, when there is no reference'
  },
  references: [
    'https://arxiv.org/abs/2402.03300',
    'http://joschu.net/blog/kl-approx.html',
    'https://github.com/huggingface/trl/blob/main/trl/trainer/grpo_trainer.py'
  ],
  notes: [
    'It is the loss of each token: advantages of a group, such as (r − mean)/std of its rewards, are the caller\'s part, and broadcast ' +
      'as (B, 1) over tokens.',
    'mean is over all tokens (loss_type "bnpo" or "dapo" of TRL); the paper\'s mean of means is that of reduction "none" over sequences.',
    'Where both products are equal, each has half the gradient; at a bound the clipped ratio passes all of it, as in ppo.',
    'With beta 0 the reference is not read.',
    NAMES,
    SUMS
  ],
  example: { ...samples, ref_logprobs: [-1.5, -0.5, -1.75], gradients: ['logprobs'] },
  rejects: [
    ...unclipped,
    ['ref_logprobs that do not broadcast', { ...samples, ref_logprobs: [-1, -2] }, 'invalid_shape', '/ref_logprobs'],
    ['a negative beta', { ...samples, beta: -0.1 }, 'invalid_option', '/beta'],
    ['the gradient of ref_logprobs that were left out', { ...samples, gradients: ['ref_logprobs'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'grpo(logprobs, old_logprobs, advantages, ref_logprobs, clip_low_threshold, clip_high_threshold, beta)',
    cases: [
      ...clippedSamples,
      { shapes: REFERENCE },
      { shapes: REFERENCE, options: { beta: 0.5 } },
      { shapes: REFERENCE, options: { beta: 0 } },
      { shapes: { logprobs: [2, 1, 3], old_logprobs: [1, 3], advantages: [], ref_logprobs: [2, 2, 1] } },
      {
        slots: {
          logprobs: [-1, -1, -1, -1, -1, -1, -1e-5, -1],
          old_logprobs: [-1, -1, -1, -1, -1, -1, -1, -1],
          advantages: [0, 0, 0, 0, 0, 0, 0, 0],
          ref_logprobs: [-1, -1.25, -0.7, -1.34, -0.66, -20, 0, '-Infinity']
        }
      },
      {
        slots: {
          logprobs: ['-Infinity', -1, -900, -1], old_logprobs: [-1, -1, -1, -1], advantages: [1, 1, 1, 1], ref_logprobs: [-1, 'NaN', -1, -900]
        }
      }
    ]
  },
  laws: [{ law: 'shift_invariant', slots: ['logprobs', 'old_logprobs'] }, { law: 'equals', loss: 'ppo' }]
})
