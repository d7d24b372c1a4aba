import { defineLoss, float } from '../define.js'
import { normalize, temperature } from '../options.js'
import { PRODUCTS } from '../families/pairs.js'
import { contrastive } from '../rejections.js'

export default defineLoss({
  summary: 'NT-Xent, the loss of SimCLR: both views in one batch, each row against all others',
  aliases: ['ntxent', 'simclr'],
  family: 'peers',
  formula: String.raw`\ell_i = \log \sum_{j \ne i} e^{S_{ij}} - S_{i\,p(i)}, \quad S = Z Z^\top / \tau, \quad ` +
    String.raw`Z = [Q; K], \quad p(i) = (i + B) \bmod 2B`,
  slots: {
    query: float('(B, D)', 'Embeddings of one view'),
    key: float('(B, D)', 'Embeddings of the other view; row i is the positive of query i')
  },
  options: {
    temperature: temperature(0.07),
    normalize: normalize(true)
  },
  equivalents: {
    optax: 'ntxent, two views per label',
    'pytorch-metric-learning': 'SelfSupervisedLoss(NTXentLoss(temperature))',
    SupContrast: 'SupConLoss without labels'
  },
  references: [
    'https://arxiv.org/abs/2002.05709',
    'https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.ntxent',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#ntxentloss'
  ],
  notes: [
    PRODUCTS,
    'The loss has 2B entries, queries first; mean and batchmean divide by 2B. One pair gives 0.',
    'optax clips the squared norm at the machine epsilon, here the norm is at least 1e-12.',
    'The SimCLR paper uses temperatures from 0.1 to 0.5; 0.07 is the default of optax and pytorch-metric-learning.'
  ],
  example: {
    query: [[1, 2], [0.5, -1], [0, 1]],
    key: [[2, 1], [1, 0], [-1, 1]],
    temperature: 0.5,
    gradients: ['query', 'key']
  },
  rejects: contrastive,
  oracle: {
    expression: 'joined_pairs(query, key, temperature, normalize, True)',
    cases: [
      { shapes: { query: [5, 3], key: [5, 3] } },
      { shapes: { query: [6, 4], key: [6, 4] }, options: { temperature: 0.5 } },
      { shapes: { query: [7, 5], key: [7, 5] }, options: { normalize: false } },
      { shapes: { query: [9, 10], key: [9, 10] }, options: { temperature: 0.5 } },
      { shapes: { query: [66, 2], key: [66, 2] }, options: { normalize: false, temperature: 2 } },
      { shapes: { query: [1, 4], key: [1, 4] } },
      { shapes: { query: [0, 4], key: [0, 4] } },
      { shapes: { query: [3, 0], key: [3, 0] } },
      {
        slots: { query: [[26, 5], [-3, 26.5], [1, 1]], key: [[26.5, 4], [2, -26], [-20, 11]] },
        options: { temperature: 0.1, normalize: false }
      },
      { slots: { query: [[0, 0], [1, 2]], key: [[1e-13, 0], [3, 4]] } },
      { slots: { query: [['NaN', 1], [1, 2]], key: [[1, 1], [2, 1]] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'scale_invariant', slots: ['query', 'key'] }]
})
