import { defineLoss } from '../define.js'
import { number } from '../options.js'
import {
  averageLogps, beta, everyChoice, everyShape, extremes, labelSmoothing, lengths, POLICY_LOGPS, policyOnly, preferred,
  smoothed, withLengths
} from '../preferences.js'

export default defineLoss({
  summary: 'Simple preference optimisation: the margin between log-probabilities per token, without a reference',
  aliases: ['simple_preference_optimization'],
  family: 'elements',
  formula: String.raw`\ell = -(1 - \varepsilon) \ln \sigma(t) - \varepsilon \ln \sigma(-t), \quad t = \beta (\pi_w - \pi_l) - \gamma`,
  slots: { ...averageLogps(), ...lengths },
  options: {
    beta: beta(2, 'Multiplies the log-probabilities per token'),
    gamma: number('The margin that the rewards should have').default(0.5),
    label_smoothing: labelSmoothing
  },
  equivalents: {
    SimPO: 'SimPOTrainer.simpo_loss with gamma_beta_ratio = gamma/beta',
    trl: 'CPOTrainer with loss_type="simpo", cpo_alpha=0 and simpo_gamma = gamma; its beta is 0.1'
  },
  references: [
    'https://arxiv.org/abs/2405.14734',
    'https://github.com/princeton-nlp/SimPO/blob/main/scripts/simpo_trainer.py',
    'https://github.com/huggingface/trl/blob/main/trl/experimental/cpo/cpo_trainer.py'
  ],
  notes: [
    'π are log-probabilities per token, w of the chosen and l of the rejected completions. Given lengths, they are sums and are divided ' +
      'by the numbers of tokens (at least 1).',
    'Some implementations take γ/β instead of γ.'
  ],
  example: { ...preferred, gradients: POLICY_LOGPS },
  rejects: [...policyOnly, ...withLengths(preferred), ...smoothed],
  oracle: {
    expression: 'simpo(policy_chosen_logps, policy_rejected_logps, chosen_lengths, rejected_lengths, beta, gamma, label_smoothing)',
    cases: [
      ...everyShape(POLICY_LOGPS),
      ...everyChoice(POLICY_LOGPS, [{ beta: 0.1 }, { gamma: 1.5 }, { gamma: -1, label_smoothing: 0.2 }]),
      ...everyChoice([...POLICY_LOGPS, 'chosen_lengths', 'rejected_lengths'], [{}, { label_smoothing: 0.1, beta: 1 }]),
      ...everyChoice([...POLICY_LOGPS, 'rejected_lengths'], [{ gamma: 0 }]),
      { slots: extremes },
      { slots: extremes, options: { beta: 1, gamma: 0, label_smoothing: 0.5 } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'shift_invariant', slots: POLICY_LOGPS },
    { law: 'equals', loss: 'dpo', options: { gamma: 0 }, others: { beta: 2 } }
  ]
})
