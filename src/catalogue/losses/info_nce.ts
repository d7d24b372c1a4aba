import { defineLoss, float } from '../define.js'
import { flag, normalize, temperature } from '../options.js'
import { PRODUCTS } from '../families/pairs.js'
import { contrastive, views } from '../rejections.js'

export default defineLoss({
  summary: 'InfoNCE: cross-entropy of each query\'s similarities to all keys, its own key being the right one',
  aliases: ['infonce', 'n_pairs_diagonal'],
  family: 'pairs',
  formula: String.raw`\ell_i = \log \sum_j e^{S_{ij}} - S_{ii}, \quad S = Q K^\top / \tau`,
  slots: {
    query: float('(B, D)', 'Embeddings'),
    key: float('(B, D)', 'Embeddings; row i is the positive of query i'),
    negatives: float('(M, D) or (B, M, D)', 'Negatives for all queries, or for each; other keys are then no negatives', {
      optional: true
    })
  },
  options: {
    temperature: temperature(0.1),
    normalize: normalize(false),
    symmetric: flag('Average with the loss of each key against all queries; not with negatives')
  },
  equivalents: {
    'RElbers/info-nce-pytorch': 'info_nce with normalize',
    'pytorch-metric-learning': 'SelfSupervisedLoss(NTXentLoss(temperature), symmetric=False) with normalize'
  },
  references: [
    'https://arxiv.org/abs/1807.03748',
    'https://github.com/RElbers/info-nce-pytorch',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#ntxentloss'
  ],
  notes: [
    'With negatives the similarities of query i are those to its key and to the negatives: ' +
      'log(exp(q·k/τ) + Σ exp(q·n/τ)) − q·k/τ.',
    'One pair without negatives gives 0.',
    PRODUCTS,
    'An infinite or NaN similarity gives NaN as in log_softmax.'
  ],
  example: {
    query: [[1, 2], [0.5, -1], [0, 1]],
    key: [[2, 1], [1, 0], [-1, 1]],
    temperature: 0.5,
    gradients: ['query', 'key']
  },
  rejects: [
    ...contrastive,
    ['negatives of another length', { ...views, negatives: [[1, 2, 3]] }, 'invalid_shape', '/negatives'],
    ['negatives for another batch', { ...views, negatives: [[[1, 2]]] }, 'invalid_shape', '/negatives'],
    ['negatives that are no matrix', { ...views, negatives: [1, 2] }, 'invalid_shape', '/negatives'],
    ['symmetric together with negatives', { ...views, negatives: [[1, 2]], symmetric: true }, 'invalid_option', '/symmetric']
  ],
  oracle: {
    expression: 'info_nce(query, key, negatives, temperature, normalize, symmetric)',
    cases: [
      { shapes: { query: [5, 3], key: [5, 3] } },
      { shapes: { query: [6, 4], key: [6, 4] }, options: { temperature: 0.5 } },
      { shapes: { query: [7, 5], key: [7, 5] }, options: { normalize: true } },
      { shapes: { query: [7, 5], key: [7, 5] }, options: { symmetric: true, temperature: 0.7 } },
      { shapes: { query: [6, 9], key: [6, 9] }, options: { symmetric: true, normalize: true } },
      { shapes: { query: [19, 7], key: [19, 7] }, options: { temperature: 2 } },
      { shapes: { query: [130, 1], key: [130, 1] }, options: { symmetric: true, temperature: 1 } },
      { shapes: { query: [4, 3], key: [4, 3], negatives: [6, 3] } },
      { shapes: { query: [4, 3], key: [4, 3], negatives: [6, 3] }, options: { normalize: true, temperature: 0.3 } },
      { shapes: { query: [4, 3], key: [4, 3], negatives: [4, 5, 3] } },
      { shapes: { query: [4, 3], key: [4, 3], negatives: [4, 5, 3] }, options: { normalize: true } },
      { shapes: { query: [3, 1], key: [3, 1], negatives: [131, 1] }, options: { temperature: 1 } },
      { shapes: { query: [2, 1], key: [2, 1], negatives: [2, 131, 1] }, options: { temperature: 1 } },
      { shapes: { query: [1, 4], key: [1, 4] } },
      { shapes: { query: [1, 4], key: [1, 4], negatives: [3, 4] } },
      { shapes: { query: [0, 4], key: [0, 4] } },
      { shapes: { query: [0, 4], key: [0, 4], negatives: [3, 4] } },
      { shapes: { query: [3, 4], key: [3, 4], negatives: [0, 4] } },
      { shapes: { query: [3, 0], key: [3, 0] } },
      { slots: { query: [[26, 5], [-3, 26.5], [1, 1]], key: [[26.5, 4], [2, -26], [-20, 11]] } },
      { slots: { query: [[9, 0], [0, 9]], key: [[9, 0], [0, 9]] }, options: { temperature: 1 } },
      { slots: { query: [[0, 0], [1, 2]], key: [[1e-13, 0], [3, 4]] }, options: { normalize: true } },
      { slots: { query: [['NaN', 1], [1, 2]], key: [[1, 1], [2, 1]] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
