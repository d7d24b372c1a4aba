import { z } from 'zod'
import { labelledBatches } from '../cases.js'
import { defineLoss, float, index } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { normalize } from '../options.js'
import { labelledRows, members } from '../rejections.js'

export default defineLoss({
  summary: 'Angular: a soft maximum over negatives of the angle at them in the triangle with each positive pair',
  aliases: ['angular_loss'],
  family: 'embeddings',
  formula: String.raw`\ell_i = \sum_{p \in P_i} \log\left(1 + \sum_{n \in N_i} ` +
    String.raw`e^{4 \tan^2 \alpha\, (z_i + z_p) \cdot z_n - 2 (1 + \tan^2 \alpha)\, z_i \cdot z_p}\right)`,
  slots: {
    input: float('(M, D)', 'Embeddings'),
    labels: index('(M)', 'Which embeddings belong together')
  },
  options: {
    alpha: z.number().min(0).max(89).default(40).describe('α: the angle, in degrees, from 0 to 89'),
    normalize: normalize(true)
  },
  parameters: ({ alpha }) => [alpha as number],
  equivalents: {
    'pytorch-metric-learning': 'AngularLoss(alpha) of embeddings that are normalised already; of others it normalises only the pairs'
  },
  references: [
    'https://arxiv.org/abs/1708.01682',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#angularloss'
  ],
  notes: [
    'Every positive pair counts from both ends. mean divides by the number of pairs, both ways, and is 0 where there are none or ' +
      'no negatives; batchmean divides by M.',
    'A request takes time in proportion to the positive pairs times M.',
    IN_FLOAT64
  ],
  example: { input: [[1, 2], [0.5, -1], [2, 1], [-1, 1]], labels: [0, 1, 0, 2], gradients: ['input'] },
  rejects: [
    ...labelledRows,
    ['a negative alpha', { ...members, alpha: -1 }, 'invalid_option', '/alpha'],
    ['an alpha of 90 degrees', { ...members, alpha: 90 }, 'invalid_option', '/alpha']
  ],
  oracle: {
    expression: 'angular(input, labels, alpha, normalize)',
    divisor: 'positive_pairs(labels)',
    library: {
      name: 'pytorch_metric_learning',
      expression: 'pytorch_metric_learning.losses.AngularLoss(alpha=alpha)' +
        '(torch.nn.functional.normalize(tensor(input)), tensor(labels))',
      gives: 'mean',
      when: 'normalize and 1 < len(set(labels.tolist())) < len(labels)'
    },
    cases: [
      { shapes: { input: [8, 3], labels: [8] } },
      { shapes: { input: [9, 4], labels: [9] }, options: { alpha: 25 } },
      { shapes: { input: [6, 2], labels: [6] }, options: { normalize: false } },
      { shapes: { input: [8, 3], labels: [8] }, options: { alpha: 0 } },
      { shapes: { input: [8, 3], labels: [8] }, options: { alpha: 70 } },
      { shapes: { input: [40, 2], labels: [40] } },
      ...labelledBatches,
      { slots: { input: [[30, 2], [-30, 2], [31, 2], [-30.5, 0]], labels: [0, 0, 1, 1] }, options: { normalize: false } },
      { slots: { input: [['NaN', 1], [1, 2], [1, 1]], labels: [0, 0, 1] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'scale_invariant', slots: ['input'] }]
})
