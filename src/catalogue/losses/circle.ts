import { z } from 'zod'
import { defineLoss, float, index } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { meanOver, normalize, number } from '../options.js'
import { labelledRows, members } from '../rejections.js'

/** Why differences do not show the gradients. */
const CONSTANT = 'the weights are constants in the gradient'

export default defineLoss({
  summary: 'Circle: similarities of positives and negatives, each weighted by how far it is from where it should be',
  aliases: ['circle_loss'],
  family: 'embeddings',
  formula: String.raw`\ell_i = \log\left(1 + \sum_{p \in P_i} e^{-\gamma [1 + m - s_{ip}]_+ (s_{ip} - 1 + m)} ` +
    String.raw`\sum_{n \in N_i} e^{\gamma [s_{in} + m]_+ (s_{in} - m)}\right), \quad s = Z Z^\top`,
  slots: {
    input: float('(M, D)', 'Embeddings'),
    labels: index('(M)', 'Which embeddings belong together'),
    ref_embeddings: float('(R, D)', 'What embeddings are compared with, instead of with each other', { optional: true }),
    ref_labels: index('(R)', 'Their labels', { optional: true })
  },
  options: {
    margin: number('m: how far from 1 positives may be, and from 0 negatives').default(0.4),
    gamma: z.number().positive().default(80).describe('γ: multiplies the exponents; greater than 0'),
    normalize: normalize(true),
    detach_weights: z.boolean().default(true).describe('Take the weights [·]₊ as constants in gradients'),
    mean_over: meanOver('nonzero')
  },
  parameters: ({ margin, gamma, detach_weights: detached }) => [margin as number, gamma as number, Number(detached)],
  equivalents: {
    'pytorch-metric-learning': 'CircleLoss(m, gamma)',
    Keras: 'circle of embeddings that are normalised already, with detach_weights false; similarities above 1 are clipped there'
  },
  references: [
    'https://arxiv.org/abs/2002.10857',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#circleloss',
    'https://keras.io/api/losses/metric_losses/#circle-class'
  ],
  notes: [
    'A row without a positive or without a negative gives 0. A row is not compared with itself; with those that it refers to it is ' +
      'compared with all.',
    'mean divides by the number of losses greater than 0, and is 0 where there are none; one that underflows to 0 does not count.',
    'A weight of exactly 0 has no gradient.',
    IN_FLOAT64
  ],
  example: {
    input: [[1, 2], [0.5, -1], [2, 1], [-1, 1]],
    labels: [0, 1, 0, 2],
    margin: 0.25,
    gamma: 8,
    gradients: ['input']
  },
  rejects: [
    ...labelledRows,
    ['ref_embeddings without ref_labels', { ...members, ref_embeddings: [[1, 2]] }, 'invalid_shape', '/ref_labels'],
    ['ref_labels without ref_embeddings', { ...members, ref_labels: [1, 2] }, 'invalid_shape', '/ref_embeddings'],
    ['ref_embeddings of another length', { ...members, ref_embeddings: [[1]], ref_labels: [0] }, 'invalid_shape', '/ref_embeddings'],
    ['another number of ref_labels', { ...members, ref_embeddings: [[1, 2]], ref_labels: [0, 1] }, 'invalid_shape', '/ref_labels'],
    ['gamma 0', { ...members, gamma: 0 }, 'invalid_option', '/gamma'],
    ['another mean_over', { ...members, mean_over: 'some' }, 'invalid_option', '/mean_over']
  ],
  oracle: {
    expression: 'circle(input, labels, ref_embeddings, ref_labels, margin, gamma, normalize, detach_weights)',
    divisor: 'over_nonzero(circle(input, labels, ref_embeddings, ref_labels, margin, gamma, normalize, detach_weights)) ' +
      'if mean_over == "nonzero" else count',
    library: {
      name: 'pytorch_metric_learning',
      expression: 'pytorch_metric_learning.losses.CircleLoss(m=margin, gamma=gamma)(tensor(input), tensor(labels), ' +
        'ref_emb=None if ref_embeddings is None else tensor(ref_embeddings), ref_labels=None if ref_labels is None else tensor(ref_labels))',
      gives: 'mean',
      when: 'mean_over == "nonzero" and normalize and len(labels) > 1'
    },
    cases: [
      { shapes: { input: [8, 3], labels: [8] }, detached: CONSTANT },
      { shapes: { input: [9, 4], labels: [9] }, options: { margin: 0.25, gamma: 8 }, detached: CONSTANT },
      { shapes: { input: [8, 3], labels: [8] }, options: { detach_weights: false, gamma: 16 } },
      { shapes: { input: [7, 5], labels: [7] }, options: { detach_weights: false, mean_over: 'all' } },
      { shapes: { input: [6, 2], labels: [6] }, options: { normalize: false, gamma: 0.5, mean_over: 'all' }, detached: CONSTANT },
      { shapes: { input: [6, 2], labels: [6] }, options: { normalize: false, gamma: 0.25, detach_weights: false } },
      { shapes: { input: [5, 3], labels: [5], ref_embeddings: [7, 3], ref_labels: [7] }, detached: CONSTANT },
      { shapes: { input: [9, 2], labels: [9], ref_embeddings: [2, 2], ref_labels: [2] }, options: { gamma: 4, detach_weights: false } },
      { shapes: { input: [60, 2], labels: [60] }, options: { gamma: 10 }, detached: CONSTANT },
      { shapes: { input: [19, 33], labels: [19] }, detached: CONSTANT },
      { shapes: { input: [1, 3], labels: [1] }, detached: CONSTANT },
      { shapes: { input: [0, 3], labels: [0] }, options: { mean_over: 'all' }, detached: CONSTANT },
      { shapes: { input: [4, 0], labels: [4] }, detached: CONSTANT },
      { shapes: { input: [3, 2], labels: [3], ref_embeddings: [0, 2], ref_labels: [0] }, detached: CONSTANT },
      { slots: { input: [[1, 2], [0.5, -1], [2, 1]], labels: [0, 1, 2] } },
      {
        slots: { input: [[1, 0], [1, 0], [0, 1], [0, -1]], labels: [3, 3, -1, -1] },
        options: { margin: 0, gamma: 2, detach_weights: false }
      },
      { slots: { input: [[1, 0], [1, 1e-9], [-1, 0], [-1, -1e-9]], labels: [0, 0, 1, 1] }, options: { gamma: 400 } },
      { slots: { input: [['NaN', 1], [1, 2], [1, 1]], labels: [0, 0, 1] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'scale_invariant', slots: ['input'] }]
})
