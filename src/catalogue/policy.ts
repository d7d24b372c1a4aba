// What the losses of a policy share: slots, thresholds, refusals and notes.
import { z } from 'zod'
import { float } from './define.js'
import { zeros } from './rejections.js'
import type { Rejection } from './define.js'

export const logprobs = float('(*)', 'Log-probabilities of the sampled tokens under the policy that is trained', { domain: 'log_probability' })
export const oldLogprobs = float('(*)', 'Log-probabilities of the same tokens under the policy that sampled them; broadcasts with logprobs', {
  domain: 'log_probability'
})
export const advantages = float('(*)', 'Advantages, above 0 for tokens to reinforce; broadcasts with logprobs')

/** Bounds of the probability ratio. */
export const threshold = (which: string, value: number) => z.number().min(0).default(value)
  .describe(`${which} bound of the probability ratio: the ratio itself, not its distance from 1`)

/** How the two sets of log-probabilities are called elsewhere. */
export const NAMES = 'old_logprobs are called `logprobs` in the inputs of the Tinker API (sampling_logprobs in its documentation), ' +
  '`old_log_probs` in verl and `old_per_token_logps` in TRL; logprobs are what Tinker calls target_logprobs.'
/** What the others report. */
export const SUMS = 'Tinker and its like report the sum over tokens: that is reduction "sum".'

export const samples = { logprobs: [-1, -0.5, -2], old_logprobs: [-1.25, -0.5, -1], advantages: [1, -0.5, 2] }

/** Refusals of a loss of `request`. */
export function unsampled (request: Readonly<Record<string, unknown>>): readonly Rejection[] {
  return [
    ['advantages that do not broadcast', { ...request, advantages: [1, 2] }, 'invalid_shape', '/advantages'],
    ['complex tensors', { ...request, logprobs: zeros('complex64', 3) }, 'malformed_tensor', '/logprobs/dtype']
  ]
}

/** … with an old policy, too. */
export const unpaired: readonly Rejection[] = [
  ['old_logprobs that do not broadcast', { ...samples, old_logprobs: [-1, -2] }, 'invalid_shape', '/old_logprobs'],
  ...unsampled(samples)
]

/** … which clip the ratio, too. */
export const unclipped: readonly Rejection[] = [
  ...unpaired,
  ['a negative clip_low_threshold', { ...samples, clip_low_threshold: -0.1 }, 'invalid_option', '/clip_low_threshold'],
  ['a negative clip_high_threshold', { ...samples, clip_high_threshold: -1 }, 'invalid_option', '/clip_high_threshold'],
  ['a clip_low_threshold above clip_high_threshold',
    { ...samples, clip_low_threshold: 1.5, clip_high_threshold: 1.25 }, 'invalid_option', '/clip_high_threshold']
]
