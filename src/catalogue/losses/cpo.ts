import { defineLoss } from '../define.js'
import { number } from '../options.js'
import {
  beta, chosenNll, everyChoice, everyShape, extremes, labelSmoothing, POLICY_LOGPS, policyLogps, policyOnly, preferred,
  smoothed, STRENGTH, withNll
} from '../preferences.js'

export default defineLoss({
  summary: 'Contrastive preference optimisation: dpo without a reference, and the negative log-likelihood of the chosen completions',
  aliases: ['contrastive_preference_optimization'],
  family: 'elements',
  formula: String.raw`\ell = -(1 - \varepsilon) \ln \sigma(t) - \varepsilon \ln \sigma(-t) + \alpha\, \mathrm{nll}_w, \quad t = \beta (\pi_w - \pi_l)`,
  slots: { ...policyLogps(), ...chosenNll },
  options: {
    beta: beta(0.1, STRENGTH),
    label_smoothing: labelSmoothing,
    cpo_alpha: number('Multiplies chosen_nll; 0 leaves it out').default(1)
  },
  equivalents: { trl: 'CPOTrainer with loss_type="sigmoid", whose nll is one mean over all tokens of the batch' },
  references: [
    'https://arxiv.org/abs/2401.08417',
    'https://github.com/huggingface/trl/blob/main/trl/experimental/cpo/cpo_trainer.py'
  ],
  notes: ['Under mean, one chosen_nll for all pairs is added once; under sum once for each pair.'],
  example: { ...preferred, chosen_nll: 0.75, gradients: [...POLICY_LOGPS, 'chosen_nll'] },
  rejects: [...policyOnly, ...smoothed, ...withNll],
  oracle: {
    expression: 'cpo(policy_chosen_logps, policy_rejected_logps, chosen_nll, beta, label_smoothing, cpo_alpha)',
    cases: [
      ...everyShape(POLICY_LOGPS),
      ...everyChoice(POLICY_LOGPS, [{ beta: 1 }, { label_smoothing: 0.2 }]),
      ...everyChoice([...POLICY_LOGPS, 'chosen_nll'], [{}, { cpo_alpha: 0.25, label_smoothing: 0.1 }, { cpo_alpha: 0 }]),
      { shapes: { policy_chosen_logps: [5], policy_rejected_logps: [5], chosen_nll: [] }, options: { cpo_alpha: 0.5 } },
      { shapes: { policy_chosen_logps: [3, 4], policy_rejected_logps: [3, 4], chosen_nll: [3, 1] } },
      { slots: extremes },
      { slots: { ...extremes, chosen_nll: 'Infinity' }, options: { cpo_alpha: 0, beta: 1 } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'shift_invariant', slots: POLICY_LOGPS },
    { law: 'equals', loss: 'dpo' }
  ]
})
