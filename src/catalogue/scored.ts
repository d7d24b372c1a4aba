// What losses of a score and a label of ±1, however it is written, share.
import type { Definition } from './define.js'
import { float } from './define.js'
import { labelEncoding } from './options.js'
import { encoded } from './rejections.js'

export const scored = {
  family: 'hinges',
  slots: {
    input: float('(*)', 'Scores'),
    target: float('(*)', 'Labels, −1 or 1; broadcasts with input', { domain: 'sign' })
  },
  options: { label_encoding: labelEncoding },
  // The family says in which way the labels are written.
  parameters: () => [0],
  kernels: ['other_labels'],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[1, -1, 1], [-1, 1, -1]], gradients: ['input'] },
  rejects: encoded,
  laws: [{ law: 'non_negative' }]
} as const satisfies Partial<Definition>

/** Notes on labels and NaN. */
export const LABELS = [
  'Labels other than ±1 are taken as they are: they scale the margin.',
  'The gradient of target is by the labels as they came: 0 and 1 double it.',
  'NaN gives NaN; the hinge passes no gradient on then.'
]
