import { z } from 'zod'
import { defineLoss } from '../define.js'
import {
  ALL_LOGPS, beta, everyChoice, everyShape, extremes, labelSmoothing, lengths, POLICY_LOGPS, policyLogps, preferredMore,
  refLogps, smoothed, STRENGTH, SYMBOLS, withLengths, withReference
} from '../preferences.js'

const VARIANTS = ['sigmoid', 'robust', 'hinge', 'ipo'] as const

export default defineLoss({
  summary: 'Direct preference optimisation: how far the policy prefers chosen to rejected completions more than a reference does',
  aliases: ['direct_preference_optimization'],
  family: 'preferences',
  formula: String.raw`\ell = -(1 - \varepsilon) \ln \sigma(\beta h) - \varepsilon \ln \sigma(-\beta h), \quad ${SYMBOLS}`,
  slots: { ...policyLogps(), ...refLogps, ...lengths },
  options: {
    beta: beta(0.1, STRENGTH),
    label_smoothing: labelSmoothing,
    variant: z.enum(VARIANTS).default('sigmoid').describe('Loss of the margin h: sigmoid as above; robust (1 − ε, −ε, divided by 1 − 2ε); ' +
      'hinge max(0, 1 − βh); ipo (h − 1/(2β))²')
  },
  parameters: ({ beta, label_smoothing: smoothing, variant }) =>
    [beta as number, smoothing as number, VARIANTS.indexOf(variant as typeof VARIANTS[number])],
  equivalents: {
    trl: 'DPOTrainer with loss_type = variant; label_smoothing of sigmoid as in its versions up to 0.28, robust as in all'
  },
  references: [
    'https://arxiv.org/abs/2305.18290',
    'https://github.com/huggingface/trl/blob/main/trl/trainer/dpo_trainer.py',
    'https://github.com/eric-mitchell/direct-preference-optimization/blob/main/trainers.py'
  ],
  notes: [
    'π are log-probabilities under the policy, ρ under the reference, w of the chosen and l of the rejected completions. Without a ' +
      'reference ρ is 0. Trainers hold the reference fixed; here it has a gradient when asked for.',
    'label_smoothing ε is for the variants sigmoid (conservative DPO) and robust, where it must be below 0.5.',
    'Lengths are for the variant ipo, which then takes log-ratios per token.',
    'hinge has the gradient 0 where βh = 1.'
  ],
  example: { ...preferredMore, gradients: POLICY_LOGPS },
  rejects: [
    ...withReference,
    ...withLengths({ ...preferredMore, variant: 'ipo' }),
    ...smoothed,
    ['lengths for another variant than ipo', { ...preferredMore, rejected_lengths: [3, 4] }, 'invalid_request', '/rejected_lengths'],
    ['a label_smoothing for the variant hinge', { ...preferredMore, variant: 'hinge', label_smoothing: 0.1 }, 'invalid_option', '/label_smoothing'],
    ['a label_smoothing of 0.5 for the variant robust', { ...preferredMore, variant: 'robust', label_smoothing: 0.5 }, 'invalid_option', '/label_smoothing'],
    ['another variant', { ...preferredMore, variant: 'softmax' }, 'invalid_option', '/variant']
  ],
  oracle: {
    expression: 'dpo(policy_chosen_logps, policy_rejected_logps, ref_chosen_logps, ref_rejected_logps, chosen_lengths, rejected_lengths, ' +
      'beta, label_smoothing, variant)',
    cases: [
      ...everyShape(ALL_LOGPS),
      ...everyChoice(ALL_LOGPS, [
        { beta: 0.5, label_smoothing: 0.1 }, { label_smoothing: 1 }, { variant: 'robust' }, { beta: 2, variant: 'robust', label_smoothing: 0.2 },
        { beta: 0.4, variant: 'hinge' }, { beta: 0.3, variant: 'ipo' }
      ]),
      ...everyChoice(POLICY_LOGPS, [{ beta: 1 }, { variant: 'hinge' }]),
      ...everyChoice([...ALL_LOGPS, 'chosen_lengths', 'rejected_lengths'], [{ variant: 'ipo', beta: 0.2 }]),
      ...everyChoice([...ALL_LOGPS.slice(0, 3), 'rejected_lengths'], [{ variant: 'ipo' }]),
      ...VARIANTS.map(variant => ({ slots: extremes, options: { variant, beta: 0.5 } })),
      { slots: extremes, options: { label_smoothing: 0.25, beta: 1 } },
      { slots: extremes, options: { label_smoothing: 0.25, beta: 1, variant: 'robust' } },
      { slots: { policy_chosen_logps: [2, 1, 3, 0], policy_rejected_logps: [0, 0, 0, 0] }, options: { variant: 'hinge', beta: 0.5 } },
      { slots: { policy_chosen_logps: [1, 0.5, 1.5], policy_rejected_logps: [0, 0, 0] }, options: { variant: 'ipo', beta: 0.5 } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: POLICY_LOGPS }]
})
