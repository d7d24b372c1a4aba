import { defineLoss } from '../define.js'
import {
  ALL_LOGPS, beta, everyChoice, everyShape, extremes, flipRate, POLICY_LOGPS, policyLogps, preferredMore, refLogps,
  STRENGTH, SYMBOLS, withReference
} from '../preferences.js'

export default defineLoss({
  summary: 'Robust DPO: the loss of dpo without the bias that randomly swapped labels give it',
  aliases: ['rdpo'],
  family: 'elements',
  formula: String.raw`\ell = \frac{-(1 - \varepsilon) \ln \sigma(\beta h) + \varepsilon \ln \sigma(-\beta h)}{1 - 2 \varepsilon}, \quad ${SYMBOLS}`,
  slots: { ...policyLogps(), ...refLogps },
  options: { beta: beta(0.1, STRENGTH), label_smoothing: flipRate },
  equivalents: { trl: 'DPOTrainer with loss_type="robust"' },
  references: ['https://arxiv.org/abs/2403.00409', 'https://github.com/huggingface/trl/blob/main/trl/trainer/dpo_trainer.py'],
  notes: [
    'It is dpo with variant robust. With label_smoothing above 0 it is negative, and unbounded, for large margins.',
    'Computed as −ln σ(βh) − βh·ε/(1 − 2ε), which keeps its digits where ε is close to 0.5.'
  ],
  example: { ...preferredMore, label_smoothing: 0.1, gradients: POLICY_LOGPS },
  rejects: [
    ...withReference,
    ['a label_smoothing of 0.5', { ...preferredMore, label_smoothing: 0.5 }, 'invalid_option', '/label_smoothing'],
    ['a negative label_smoothing', { ...preferredMore, label_smoothing: -0.1 }, 'invalid_option', '/label_smoothing']
  ],
  oracle: {
    expression: 'robust_dpo(policy_chosen_logps, policy_rejected_logps, ref_chosen_logps, ref_rejected_logps, beta, label_smoothing)',
    cases: [
      ...everyShape(ALL_LOGPS),
      ...everyChoice(ALL_LOGPS, [{ beta: 1 }, { label_smoothing: 0.1 }, { beta: 0.5, label_smoothing: 0.4 }]),
      ...everyChoice(POLICY_LOGPS, [{ label_smoothing: 0.3 }]),
      { slots: extremes, options: { beta: 1 } },
      { slots: extremes, options: { label_smoothing: 0.125, beta: 1 } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'shift_invariant', slots: POLICY_LOGPS },
    { law: 'equals', loss: 'dpo', options: { label_smoothing: 0.1 }, others: { variant: 'robust', label_smoothing: 0.1 } }
  ]
})
