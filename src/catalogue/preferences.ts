// What the entries of preference losses share: slots, options, refusals, and golden cases.
import { z } from 'zod'
import { float, type GoldenCase, type Rejection } from './define.js'

type Request = Readonly<Record<string, unknown>>

/** Requests that are answered, to be spoiled: of the policy alone, and beside a reference. */
export const preferred = { policy_chosen_logps: [-1, -2], policy_rejected_logps: [-2, -1.5] }
export const preferredMore = { ...preferred, ref_chosen_logps: [-1.5, -1.5], ref_rejected_logps: [-1.8, -1.6] }

/** The slots of both completions' log-probabilities under the policy, and also under the reference. */
export const POLICY_LOGPS = ['policy_chosen_logps', 'policy_rejected_logps']
export const ALL_LOGPS = [...POLICY_LOGPS, 'ref_chosen_logps', 'ref_rejected_logps']

const PER_TOKEN = 'an average over its tokens'
const SUMMED = 'a sum over its tokens'

/** Log-probabilities of both completions under the policy. */
export const policyLogps = (form = SUMMED) => ({
  policy_chosen_logps: float('(*)', `Log-probability of each chosen completion under the policy, ${form}`),
  policy_rejected_logps: float('(*)', 'The same of each rejected completion, in the shape of policy_chosen_logps', { fits: 'same' })
})

/** … that were divided by the numbers of tokens. */
export const averageLogps = () => policyLogps(PER_TOKEN)

/** … under the reference model. */
export const refLogps = {
  ref_chosen_logps: float('(*)', 'policy_chosen_logps under the reference model; left out: 0', { optional: true, fits: 'same' }),
  ref_rejected_logps: float('(*)', 'policy_rejected_logps under the reference model; left out: 0', { optional: true, fits: 'same' })
}

/** Numbers of tokens. */
export const lengths = {
  chosen_lengths: length('chosen'),
  rejected_lengths: length('rejected')
}

function length (completion: string) {
  return float('(*)', `Tokens of each ${completion} completion, by which its log-probabilities are divided; at least 1, as when left out`,
    { optional: true, differentiable: false, fits: 'same', domain: 'positive' })
}

/** The loss of the chosen completions as language, which is added. */
export const chosenNll = {
  chosen_nll: float('() or (*)', 'Negative log-likelihood of the chosen completions, one number or one each; left out: 0',
    { optional: true, fits: 'within', domain: 'positive' })
}

/** How strongly preferences count. */
export const beta = (value: number, description: string) => z.number().positive().default(value).describe(`${description}; greater than 0`)

export const STRENGTH = 'Multiplies the log-ratios'

/** How often labels are thought to be wrong. */
export const labelSmoothing = z.number().min(0).max(1).default(0)
  .describe('Share of the pairs whose labels are taken to be swapped, in [0, 1]')

/** … less than half of them. */
export const flipRate = z.number().min(0).lt(0.5).default(0)
  .describe('Probability that the label of a pair was swapped, in [0, 0.5)')

/** The names and places of the log-probabilities in papers: π under the policy, ρ under the reference, w chosen, l rejected. */
export const SYMBOLS = String.raw`h = (\pi_w - \rho_w) - (\pi_l - \rho_l)`

/** Completions of the policy alone. */
export const policyOnly: readonly Rejection[] = [
  ['rejected completions in another shape than chosen ones', { ...preferred, policy_rejected_logps: [-1] }, 'invalid_shape', '/policy_rejected_logps'],
  ['a scalar beside a vector', { ...preferred, policy_rejected_logps: -1 }, 'invalid_shape', '/policy_rejected_logps'],
  ['beta 0', { ...preferred, beta: 0 }, 'invalid_option', '/beta'],
  ['a negative beta', { ...preferred, beta: -0.1 }, 'invalid_option', '/beta']
]

/** … and of a reference. */
export const withReference: readonly Rejection[] = [
  ...policyOnly,
  ['reference log-probabilities in another shape', { ...preferredMore, ref_chosen_logps: [-1, -1, -1] }, 'invalid_shape', '/ref_chosen_logps'],
  ['a reference that would have to stretch', { ...preferredMore, ref_rejected_logps: [-1] }, 'invalid_shape', '/ref_rejected_logps'],
  ['the gradient of a reference that was left out', { ...preferred, gradients: ['ref_chosen_logps'] }, 'not_differentiable', '/gradients/0']
]

/** … with the numbers of tokens; `request` is one that takes them. */
export const withLengths = (request: Request): readonly Rejection[] => [
  ['lengths in another shape', { ...request, chosen_lengths: [3] }, 'invalid_shape', '/chosen_lengths'],
  ['the gradient of lengths', { ...request, chosen_lengths: [3, 4], gradients: ['chosen_lengths'] }, 'not_differentiable', '/gradients/0']
]

/** … with the loss of the chosen completions. */
export const withNll: readonly Rejection[] = [
  ['a chosen_nll that does not stretch to the pairs', { ...preferred, chosen_nll: [1, 2, 3] }, 'invalid_shape', '/chosen_nll'],
  ['a chosen_nll that is larger than the pairs', { ...preferred, chosen_nll: [[1, 2], [3, 4]] }, 'invalid_shape', '/chosen_nll']
]

/** The option label_smoothing where it may be anything in [0, 1]. */
export const smoothed: readonly Rejection[] = [
  ['a label_smoothing above 1', { ...preferred, label_smoothing: 1.1 }, 'invalid_option', '/label_smoothing'],
  ['a negative label_smoothing', { ...preferred, label_smoothing: -0.1 }, 'invalid_option', '/label_smoothing']
]

/** So many elements that the vectors hold only some of the answers. */
const SAMPLED = 2003

/** Shapes of the slots named. */
function shaped (slots: readonly string[], ...shape: readonly number[]): NonNullable<GoldenCase['shapes']> {
  return Object.fromEntries(slots.map(slot => [slot, shape]))
}

/** Every rank and no elements, of the slots named; several blocks, of those that are not optional. */
export function everyShape (slots: readonly string[], needed = slots.slice(0, 2)): readonly GoldenCase[] {
  const short = [[4, 5], [7], [], [2, 3, 4], [2, 1, 3, 2], [2, 2, 1, 3, 2], [0], [0, 3], [3, 0]]
  return [...short.map(shape => ({ shapes: shaped(slots, ...shape) })), { shapes: shaped(needed, SAMPLED) }]
}

/** Sixteen pairs under each of `choices`. */
export function everyChoice (slots: readonly string[], choices: ReadonlyArray<NonNullable<GoldenCase['options']>>): readonly GoldenCase[] {
  return choices.map(options => ({ shapes: shaped(slots, 16), options }))
}

/** Log-ratios at 0, of every size, infinite and NaN. */
export const extremes = {
  policy_chosen_logps: [0, -1, 1, 1e-300, -1e-300, -40, 40, -800, 800, 1e300, -1e300, 'Infinity', '-Infinity', 'NaN', '-Infinity'],
  policy_rejected_logps: [0, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '-Infinity']
}
