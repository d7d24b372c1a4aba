import { z } from 'zod'
import { defineLoss, float, index } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { normalize, number } from '../options.js'
import { labelledRows, members } from '../rejections.js'

export default defineLoss({
  summary: 'Multi-similarity: soft maxima of how far positives are below a similarity, and negatives above it',
  aliases: ['multi_similarity_loss'],
  family: 'embeddings',
  formula: String.raw`\ell_i = \frac{1}{\alpha} \log\left(1 + \sum_{p \in P_i} e^{-\alpha (s_{ip} - \lambda)}\right) + ` +
    String.raw`\frac{1}{\beta} \log\left(1 + \sum_{n \in N_i} e^{\beta (s_{in} - \lambda)}\right), \quad s = Z Z^\top`,
  slots: {
    input: float('(M, D)', 'Embeddings'),
    labels: index('(M)', 'Which embeddings belong together')
  },
  options: {
    alpha: z.number().positive().default(2).describe('α: how sharp the maximum of positives is; greater than 0'),
    beta: z.number().positive().default(50).describe('β: how sharp the maximum of negatives is; greater than 0'),
    shift: number('λ: the similarity that others are compared with').default(0.5),
    normalize: normalize(true)
  },
  parameters: ({ alpha, beta, shift }) => [alpha, beta, shift] as number[],
  equivalents: {
    'pytorch-metric-learning': 'MultiSimilarityLoss(alpha, beta, base = shift), without a miner'
  },
  references: [
    'https://arxiv.org/abs/1904.06627',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#multisimilarityloss'
  ],
  notes: [
    'mean divides by M: rows without positives or without negatives count, with the other part alone.',
    IN_FLOAT64
  ],
  example: { input: [[1, 2], [0.5, -1], [2, 1], [-1, 1]], labels: [0, 1, 0, 2], gradients: ['input'] },
  rejects: [
    ...labelledRows,
    ['alpha 0', { ...members, alpha: 0 }, 'invalid_option', '/alpha'],
    ['a negative beta', { ...members, beta: -1 }, 'invalid_option', '/beta']
  ],
  oracle: {
    expression: 'multi_similarity(input, labels, alpha, beta, shift, normalize)',
    library: {
      name: 'pytorch_metric_learning',
      expression: 'pytorch_metric_learning.losses.MultiSimilarityLoss(alpha=alpha, beta=beta, base=shift)(tensor(input), tensor(labels))',
      gives: 'mean',
      when: 'normalize and len(labels) > 1'
    },
    cases: [
      { shapes: { input: [8, 3], labels: [8] } },
      { shapes: { input: [9, 4], labels: [9] }, options: { alpha: 0.5, beta: 10, shift: 0.2 } },
      { shapes: { input: [8, 3], labels: [8] }, options: { shift: -0.3 } },
      { shapes: { input: [6, 2], labels: [6] }, options: { normalize: false, beta: 3 } },
      { shapes: { input: [7, 5], labels: [7] }, options: { alpha: 200, beta: 400 } },
      { shapes: { input: [60, 2], labels: [60] } },
      { shapes: { input: [19, 33], labels: [19] } },
      { shapes: { input: [2, 3], labels: [2] } },
      { shapes: { input: [1, 3], labels: [1] } },
      { shapes: { input: [0, 3], labels: [0] } },
      { shapes: { input: [4, 0], labels: [4] } },
      { slots: { input: [[1, 2], [0.5, -1], [2, 1]], labels: [0, 1, 2] } },
      { slots: { input: [[1, 2], [0.5, -1], [2, 1]], labels: [-7, -7, -7] } },
      { slots: { input: [[1, 0], [1, 0], [-1, 0], [-1, 1e-9]], labels: [3, 3, 4, 4] } },
      { slots: { input: [[30, 1], [-30, 2], [30, 2]], labels: [0, 0, 1] }, options: { normalize: false } },
      { slots: { input: [['NaN', 1], [1, 2], [1, 1]], labels: [0, 0, 1] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'scale_invariant', slots: ['input'] }]
})
