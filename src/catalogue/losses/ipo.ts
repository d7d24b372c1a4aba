import { defineLoss } from '../define.js'
import {
  ALL_LOGPS, beta, everyChoice, everyShape, extremes, lengths, POLICY_LOGPS, policyLogps, preferredMore, refLogps,
  SYMBOLS, withLengths, withReference
} from '../preferences.js'

export default defineLoss({
  summary: 'Identity preference optimisation: the squared difference between the preference margin and 1/(2β)',
  aliases: ['identity_preference_optimization'],
  family: 'elements',
  formula: String.raw`\ell = \left( h - \tfrac{1}{2 \beta} \right)^2, \quad ${SYMBOLS}`,
  slots: { ...policyLogps(), ...refLogps, ...lengths },
  options: { beta: beta(0.1, 'Regularisation, τ in the paper: the margin aimed at is 1/(2β)') },
  equivalents: {
    trl: 'DPOTrainer with loss_type="ipo"; without a reference CPOTrainer with loss_type="ipo"'
  },
  references: ['https://arxiv.org/abs/2310.12036', 'https://github.com/huggingface/trl/blob/main/trl/trainer/dpo_trainer.py'],
  notes: [
    'It is dpo with variant ipo.',
    'Given lengths, each log-ratio is divided by its number of tokens (at least 1), as in trl: then h is a margin per token.'
  ],
  example: { ...preferredMore, chosen_lengths: [3, 5], rejected_lengths: [4, 2], beta: 0.5, gradients: ['policy_chosen_logps'] },
  rejects: [...withReference, ...withLengths(preferredMore)],
  oracle: {
    expression: 'squared_miss(policy_chosen_logps, policy_rejected_logps, ref_chosen_logps, ref_rejected_logps, chosen_lengths, ' +
      'rejected_lengths, beta)',
    cases: [
      ...everyShape(ALL_LOGPS),
      ...everyChoice([...ALL_LOGPS, 'chosen_lengths', 'rejected_lengths'], [{}, { beta: 2 }]),
      ...everyChoice([...POLICY_LOGPS, 'chosen_lengths'], [{ beta: 0.5 }]),
      { slots: extremes, options: { beta: 0.5 } },
      {
        slots: { ...extremes, rejected_lengths: [0, 1, 2, 3, 1, 0.5, 1, 7, 1, 2, 1e300, 1, 1, 1, 2], chosen_lengths: Array(15).fill(3) },
        options: { beta: 3 }
      }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'shift_invariant', slots: POLICY_LOGPS },
    { law: 'equals', loss: 'dpo', others: { variant: 'ipo' } }
  ]
})
