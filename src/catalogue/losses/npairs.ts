import { defineLoss, float, index } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { normalize } from '../options.js'
import { labelledRows } from '../rejections.js'

export default defineLoss({
  summary: 'N-pairs: of one pair per label, cross-entropy of the first\'s similarities to all seconds, its own being the right one',
  aliases: ['n_pairs', 'npairs_loss'],
  family: 'embeddings',
  formula: String.raw`\ell_{a(c)} = \log \sum_{c'} e^{z_{a(c)} \cdot z_{p(c')}} - z_{a(c)} \cdot z_{p(c)}`,
  slots: {
    input: float('(M, D)', 'Embeddings'),
    labels: index('(M)', 'Which embeddings belong together')
  },
  options: { normalize: normalize(true) },
  parameters: () => [],
  kernels: ['npairs_rows'],
  equivalents: {
    'pytorch-metric-learning': 'NPairsLoss()',
    info_nce: 'temperature 1, of the first rows as query and the second as key'
  },
  references: [
    'https://papers.nips.cc/paper/6200-improved-deep-metric-learning-with-multi-class-n-pair-loss-objective',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#npairsloss'
  ],
  notes: [
    'Of every label with two rows or more the first row is the anchor a and the second the positive p; further rows, and labels with ' +
      'one row, take no part. The loss stands in the anchor\'s row; other rows give 0.',
    'mean divides by the number of pairs, and is 0 where there are none.',
    'The paper does not normalise, and adds a penalty on norms.',
    IN_FLOAT64
  ],
  example: { input: [[1, 2], [0.5, -1], [2, 1], [-1, 1]], labels: [0, 1, 0, 1], gradients: ['input'] },
  rejects: [...labelledRows],
  oracle: {
    expression: 'npairs(input, labels, normalize)',
    divisor: 'pairs_of_labels(labels)',
    library: {
      name: 'pytorch_metric_learning',
      expression: 'pytorch_metric_learning.losses.NPairsLoss()(tensor(input), tensor(labels))',
      gives: 'mean',
      when: 'normalize and len(set(labels.tolist())) < len(labels)'
    },
    cases: [
      { shapes: { input: [8, 3], labels: [8] } },
      { shapes: { input: [9, 4], labels: [9] }, options: { normalize: false } },
      { shapes: { input: [20, 7], labels: [20] } },
      { shapes: { input: [20, 7], labels: [20] }, options: { normalize: false } },
      { shapes: { input: [70, 40], labels: [70] } },
      { shapes: { input: [5, 2], labels: [5] } },
      { shapes: { input: [4, 1], labels: [4] } },
      { shapes: { input: [2, 3], labels: [2] } },
      { shapes: { input: [1, 3], labels: [1] } },
      { shapes: { input: [4, 0], labels: [4] } },
      { slots: { input: [[1, 2], [0.5, -1], [2, 1]], labels: [0, 1, 2] } },
      { slots: { input: [[1, 2], [0.5, -1], [2, 1], [1, 1], [0, 1]], labels: [5, -1, -1, 5, -1] } },
      { slots: { input: [[30, 1], [-30, 2], [30, 2], [-30, 1]], labels: [0, 1, 0, 1] }, options: { normalize: false } },
      { slots: { input: [['NaN', 1], [1, 2], [1, 1], [2, 1], [2, 2]], labels: [2, 0, 0, 1, 1] } },
      { slots: { input: [['NaN', 1], [1, 2], [1, 1], [2, 1], [2, 2]], labels: [1, 0, 0, 1, 3] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'scale_invariant', slots: ['input'] }]
})
