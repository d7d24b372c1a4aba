import { z } from 'zod'
import { defineLoss } from '../define.js'
import {
  ALL_LOGPS, beta, everyChoice, everyShape, extremes, POLICY_LOGPS, policyLogps, preferredMore, refLogps, STRENGTH,
  SYMBOLS, withReference
} from '../preferences.js'

export default defineLoss({
  summary: 'Rank calibration of SLiC-HF: by how much the preference margin falls short of delta',
  aliases: ['slic', 'slic_hf'],
  family: 'elements',
  formula: String.raw`\ell = \max(0,\; \delta - \beta h), \quad ${SYMBOLS}`,
  slots: { ...policyLogps(), ...refLogps },
  options: {
    beta: beta(0.1, STRENGTH),
    delta: z.number().min(0).default(1).describe('The margin β·h from which on the loss is 0')
  },
  equivalents: {
    trl: 'DPOTrainer with loss_type="hinge", for delta = 1; without a reference CPOTrainer with loss_type="hinge"'
  },
  references: ['https://arxiv.org/abs/2305.10425', 'https://github.com/huggingface/trl/blob/main/trl/trainer/dpo_trainer.py'],
  notes: [
    'With delta 1 it is dpo with variant hinge.',
    'The paper has no reference, beta = 1, and adds λ times the negative log-likelihood of a target completion.',
    'Where β·h = δ the gradient is 0, as that of PyTorch\'s relu.'
  ],
  example: { ...preferredMore, beta: 0.5, gradients: POLICY_LOGPS },
  rejects: [
    ...withReference,
    ['a negative delta', { ...preferredMore, delta: -1 }, 'invalid_option', '/delta']
  ],
  oracle: {
    expression: 'shortfall(policy_chosen_logps, policy_rejected_logps, ref_chosen_logps, ref_rejected_logps, beta, delta)',
    cases: [
      ...everyShape(ALL_LOGPS),
      ...everyChoice(ALL_LOGPS, [{ beta: 1 }, { beta: 0.5, delta: 2.5 }, { delta: 0 }]),
      ...everyChoice(POLICY_LOGPS, [{ beta: 1, delta: 0.5 }]),
      { slots: extremes, options: { beta: 1 } },
      { slots: { policy_chosen_logps: [2, 1, 3, 0], policy_rejected_logps: [0, 0, 0, 0] }, options: { beta: 0.5 } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'shift_invariant', slots: POLICY_LOGPS },
    { law: 'equals', loss: 'dpo', options: { delta: 1 }, others: { variant: 'hinge' } }
  ]
})
