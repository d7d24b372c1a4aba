import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { beta, everyChoice, everyShape } from '../preferences.js'

const SLOTS = ['policy_logps', 'ref_logps', 'desirable']

/** A request that is answered, to be spoiled. */
const judged = { policy_logps: [-1, -2, -0.5], ref_logps: [-1.5, -1, -0.25], desirable: [1, 0, 1] }

const weight = (completions: string) => z.number().min(0).default(1).describe(`Multiplies the losses of ${completions} completions`)

export default defineLoss({
  summary: 'Kahneman–Tversky optimisation: single completions, each desirable or not, against a reference point',
  aliases: ['kahneman_tversky_optimization'],
  family: 'elements',
  formula: String.raw`\ell = d\, w_D\, \sigma(-t) + (1 - d)\, w_U\, \sigma(t), \quad t = \beta (\pi - \rho - \mathrm{kl})`,
  slots: {
    policy_logps: float('(*)', 'Log-probability of each completion under the policy, a sum over its tokens'),
    ref_logps: float('(*)', 'The same under the reference model; left out: 0', { optional: true, fits: 'same' }),
    desirable: float('(*)', '1 for a desirable completion, 0 for an undesirable one, a share in between', { fits: 'same', domain: 'binary' }),
    kl: float('() or (*)', 'Divergence between policy and reference that rewards are measured from, one number as a rule; left out: 0',
      { optional: true, differentiable: false, fits: 'within', domain: 'positive' })
  },
  options: {
    beta: beta(0.1, 'Multiplies the log-ratios'),
    desirable_weight: weight('desirable'),
    undesirable_weight: weight('undesirable')
  },
  faults: { 1: '{slot} holds {value}, expected 1 (desirable), 0 (undesirable), or a share in [0, 1]' },
  equivalents: { trl: 'KTOTrainer with loss_type="kto"' },
  references: ['https://arxiv.org/abs/2402.01306', 'https://github.com/huggingface/trl/blob/main/trl/trainer/kto_trainer.py'],
  notes: [
    'π and ρ are the log-probabilities under policy and reference, d is desirable, w_D and w_U the weights.',
    'kl is held fixed and taken as it is; trainers estimate it from mismatched completions, not below 0.',
    'Without kl it is trl\'s apo_zero_unpaired.'
  ],
  example: { ...judged, kl: 0.1, gradients: ['policy_logps'] },
  rejects: [
    ['a ref_logps in another shape', { ...judged, ref_logps: [1] }, 'invalid_shape', '/ref_logps'],
    ['a desirable in another shape', { ...judged, desirable: 1 }, 'invalid_shape', '/desirable'],
    ['a kl that does not stretch to the completions', { ...judged, kl: [1, 2] }, 'invalid_shape', '/kl'],
    ['a label of -1', { ...judged, desirable: [1, 0, -1] }, 'invalid_value', '/desirable/2'],
    ['a label above 1', { ...judged, desirable: [1, 2, 0] }, 'invalid_value', '/desirable/1'],
    ['the gradient of kl', { ...judged, kl: 1, gradients: ['kl'] }, 'not_differentiable', '/gradients/0'],
    ['beta 0', { ...judged, beta: 0 }, 'invalid_option', '/beta'],
    ['a negative weight', { ...judged, undesirable_weight: -1 }, 'invalid_option', '/undesirable_weight']
  ],
  oracle: {
    expression: 'kto(policy_logps, ref_logps, desirable, kl, beta, desirable_weight, undesirable_weight)',
    cases: [
      ...everyShape(SLOTS, ['policy_logps', 'desirable']),
      ...everyChoice([...SLOTS, 'kl'], [{ beta: 0.5 }, { desirable_weight: 1.5, undesirable_weight: 0.5 }, { undesirable_weight: 0 }]),
      ...everyChoice(['policy_logps', 'desirable'], [{ beta: 1 }]),
      { shapes: { policy_logps: [6], ref_logps: [6], desirable: [6], kl: [] }, options: { beta: 1 } },
      { shapes: { policy_logps: [2, 3], ref_logps: [2, 3], desirable: [2, 3], kl: [2, 1] } },
      { slots: { policy_logps: [1, 1, -1, 40, -40, 3], desirable: [0.5, 0.25, 1, 0.75, 0, 0.125], kl: 0.5 }, options: { beta: 0.75 } },
      {
        slots: {
          policy_logps: [800, 800, -800, -800, 1e300, 'Infinity', '-Infinity', 'NaN', 1e-300],
          desirable: [1, 0, 1, 0, 1, 0, 1, 1, 0]
        },
        options: { beta: 1 }
      }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'at_most', bound: 1 }]
})
