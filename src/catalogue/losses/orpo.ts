import { defineLoss, type Slot } from '../define.js'
import {
  averageLogps, beta, chosenNll, everyChoice, everyShape, POLICY_LOGPS, policyOnly, preferred, withNll
} from '../preferences.js'

/** Log-probabilities of at most 0. */
function logarithmic (slots: Readonly<Record<string, Slot>>): Record<string, Slot> {
  return Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, { ...slot, domain: 'log_probability' }]))
}

export default defineLoss({
  summary: 'Odds ratio preference optimisation: the odds of chosen over those of rejected completions, and their negative log-likelihood',
  aliases: ['odds_ratio_preference_optimization'],
  family: 'elements',
  formula: String.raw`\ell = \mathrm{nll}_w - \beta \ln \sigma\!\left( \ln \frac{o_w}{o_l} \right), \quad o = \frac{e^{\pi}}{1 - e^{\pi}}`,
  slots: { ...logarithmic(averageLogps()), ...chosenNll },
  options: { beta: beta(0.1, 'Weight of the odds ratio, λ in the paper') },
  equivalents: { trl: 'ORPOTrainer, whose nll is one mean over all tokens of the batch' },
  references: [
    'https://arxiv.org/abs/2403.07691',
    'https://github.com/xfactlab/orpo',
    'https://github.com/huggingface/trl/blob/main/trl/experimental/orpo/orpo_trainer.py'
  ],
  notes: [
    'Without chosen_nll it is the odds ratio term alone. Under mean, one chosen_nll for all pairs is added once.',
    'A log-probability above 0 gives NaN. At 0, where the odds are infinite, a chosen completion has the loss 0 and the gradient that ' +
      'is the limit; a rejected one the loss ∞ and the gradient ∞.'
  ],
  example: { ...preferred, chosen_nll: 0.75, gradients: [...POLICY_LOGPS, 'chosen_nll'] },
  rejects: [...policyOnly, ...withNll],
  oracle: {
    expression: 'orpo(policy_chosen_logps, policy_rejected_logps, chosen_nll, beta)',
    cases: [
      ...everyShape(POLICY_LOGPS).filter(({ shapes }) => shapes?.policy_chosen_logps?.length !== 0),
      { slots: { policy_chosen_logps: -0.5, policy_rejected_logps: -1.5 } },
      ...everyChoice(POLICY_LOGPS, [{ beta: 1 }]),
      ...everyChoice([...POLICY_LOGPS, 'chosen_nll'], [{}, { beta: 0.5 }]),
      { shapes: { policy_chosen_logps: [5], policy_rejected_logps: [5], chosen_nll: [] } },
      { shapes: { policy_chosen_logps: [3, 4], policy_rejected_logps: [3, 4], chosen_nll: [4] } },
      {
        slots: {
          policy_chosen_logps: [-0.6931471805599453, -0.7, -0.69, -1e-30, -1e-12, -40, -800, -1, 1, 'NaN', '-Infinity', -5],
          policy_rejected_logps: [-0.6931471805599453, -0.69, -0.7, -1, -2, -1e-9, -1, -800, -1, -1, -1, '-Infinity']
        },
        options: { beta: 1 }
      },
      {
        slots: { policy_chosen_logps: [0, -1], policy_rejected_logps: [-1, 0] },
        without: { policy_chosen_logps: 'autograd multiplies 0 by ∞ where the limit is finite' }
      }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
