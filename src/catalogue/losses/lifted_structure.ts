import { labelledBatches } from '../cases.js'
import { defineLoss, float, index } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { normalize, number } from '../options.js'
import { labelledRows } from '../rejections.js'

export default defineLoss({
  summary: 'Lifted structure: the squared hinge of each positive pair\'s distance against a soft minimum of both ends\' negatives',
  aliases: ['lifted_structure_loss', 'lifted_struct'],
  family: 'embeddings',
  formula: String.raw`\ell_i = \sum_{p \in P_i} \tfrac{1}{2} \left[ \log\left( \sum_{n \in N_i} e^{\nu - d_{in}} + ` +
    String.raw`\sum_{n \in N_p} e^{\nu - d_{pn}} \right) + d_{ip} - \pi \right]_+^2, \quad d_{ij} = \lVert z_i - z_j \rVert`,
  slots: {
    input: float('(M, D)', 'Embeddings'),
    labels: index('(M)', 'Which embeddings belong together')
  },
  options: {
    neg_margin: number('ν: taken less the distance of negatives').default(1),
    pos_margin: number('π: taken off the distance of positives').default(0),
    normalize: normalize(true)
  },
  parameters: ({ neg_margin: negative, pos_margin: positive }) => [negative, positive] as number[],
  kernels: ['lifted_structure_rows'],
  equivalents: { 'pytorch-metric-learning': 'LiftedStructureLoss(neg_margin, pos_margin)' },
  references: [
    'https://arxiv.org/abs/1511.06452',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#liftedstructureloss'
  ],
  notes: [
    'Every positive pair counts from both ends, half each. mean divides by the number of pairs, both ways, and is 0 where there are ' +
      'none or no negatives; batchmean divides by M.',
    'The hinge has no gradient at 0, nor has the distance of equal embeddings.',
    IN_FLOAT64
  ],
  example: { input: [[1, 2], [0.5, -1], [2, 1], [-1, 1]], labels: [0, 1, 0, 2], gradients: ['input'] },
  rejects: [...labelledRows],
  oracle: {
    expression: 'lifted_structure(input, labels, neg_margin, pos_margin, normalize)',
    divisor: 'positive_pairs(labels)',
    library: {
      name: 'pytorch_metric_learning',
      expression: 'pytorch_metric_learning.losses.LiftedStructureLoss(neg_margin=neg_margin, pos_margin=pos_margin)' +
        '(tensor(input), tensor(labels))',
      gives: 'mean',
      when: 'normalize and 1 < len(set(labels.tolist())) < len(labels)'
    },
    cases: [
      { shapes: { input: [8, 3], labels: [8] } },
      { shapes: { input: [9, 4], labels: [9] }, options: { neg_margin: 0.5, pos_margin: 0.25 } },
      { shapes: { input: [6, 2], labels: [6] }, options: { normalize: false } },
      { shapes: { input: [8, 3], labels: [8] }, options: { pos_margin: 3 } },
      { shapes: { input: [8, 3], labels: [8] }, options: { pos_margin: 2, normalize: false } },
      { shapes: { input: [40, 2], labels: [40] } },
      ...labelledBatches,
      { slots: { input: [[100, 2], [-100, 2], [101, 2], [-100.5, 0]], labels: [0, 0, 1, 1] }, options: { normalize: false } },
      { slots: { input: [[100, 2], [-900, 2], [101, 2], [-100.5, 0]], labels: [0, 1, 0, 1] }, options: { normalize: false } },
      { slots: { input: [['NaN', 1], [1, 2], [1, 1]], labels: [0, 0, 1] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'scale_invariant', slots: ['input'] }]
})
