import { defineLoss, float } from '../define.js'
import { normalize, temperature } from '../options.js'
import { PRODUCTS } from '../families/pairs.js'
import { contrastive } from '../rejections.js'

export default defineLoss({
  summary: 'InfoNCE of both views in one batch, where a row\'s similarity to itself stays in the denominator',
  family: 'pool',
  formula: String.raw`\ell_i = \log \sum_{j=1}^{2B} e^{S_{ij}} - S_{i\,p(i)}, \quad S = Z Z^\top / \tau, \quad ` +
    String.raw`Z = [Q; K], \quad p(i) = (i + B) \bmod 2B`,
  slots: {
    query: float('(B, D)', 'Embeddings of one view'),
    key: float('(B, D)', 'Embeddings of the other view; row i is the positive of query i')
  },
  options: {
    temperature: temperature(0.1),
    normalize: normalize(false)
  },
  equivalents: { PyTorch: 'cross_entropy(z @ z.T / temperature, positive) with z = cat([query, key])' },
  references: ['https://arxiv.org/abs/1807.03748'],
  notes: [
    PRODUCTS,
    'A form found in tutorials. With normalized rows each denominator carries an extra exp(1/τ), so the loss does not ' +
      'approach 0; nt_xent leaves a row out of its own denominator.',
    'The loss has 2B entries, queries first; mean and batchmean divide by 2B.'
  ],
  example: {
    query: [[1, 2], [0.5, -1], [0, 1]],
    key: [[2, 1], [1, 0], [-1, 1]],
    temperature: 0.5,
    normalize: true,
    gradients: ['query', 'key']
  },
  rejects: contrastive,
  oracle: {
    expression: 'joined_pairs(query, key, temperature, normalize, False)',
    cases: [
      { shapes: { query: [5, 3], key: [5, 3] } },
      { shapes: { query: [6, 4], key: [6, 4] }, options: { temperature: 0.5 } },
      { shapes: { query: [7, 5], key: [7, 5] }, options: { normalize: true } },
      { shapes: { query: [9, 10], key: [9, 10] }, options: { normalize: true, temperature: 0.5 } },
      { shapes: { query: [66, 2], key: [66, 2] }, options: { temperature: 2 } },
      { shapes: { query: [1, 4], key: [1, 4] } },
      { shapes: { query: [0, 4], key: [0, 4] } },
      { shapes: { query: [3, 0], key: [3, 0] } },
      { slots: { query: [[26, 5], [-3, 26.5], [1, 1]], key: [[26.5, 4], [2, -26], [-20, 11]] } },
      { slots: { query: [[0, 0], [1, 2]], key: [[1e-13, 0], [3, 4]] }, options: { normalize: true } },
      { slots: { query: [['NaN', 1], [1, 2]], key: [[1, 1], [2, 1]] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
