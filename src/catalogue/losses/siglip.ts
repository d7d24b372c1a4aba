import { defineLoss, float } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { normalize } from '../options.js'
import { scaledViews, twoViews, views } from '../rejections.js'

export default defineLoss({
  summary: 'SigLIP: every query with every key as a yes-or-no question, yes for its own key alone',
  aliases: ['sigmoid_contrastive'],
  family: 'views',
  formula: String.raw`\ell_i = \sum_j \log\left(1 + e^{-z_{ij} S_{ij}}\right), \quad S = s\, Q K^\top + b, \quad ` +
    String.raw`z_{ij} = \begin{cases} 1 & i = j \\ -1 & \text{otherwise} \end{cases}`,
  slots: {
    query: float('(B, D)', 'Embeddings, such as of images'),
    key: float('(B, D)', 'Embeddings, such as of texts; row i belongs to query i'),
    logit_scale: float('()', 'Multiplies the similarities: s, already exponentiated; 1 if left out', { optional: true }),
    logit_bias: float('()', 'Added to the similarities: b; 0 if left out', { optional: true })
  },
  options: { normalize: normalize(false) },
  equivalents: { open_clip: 'SigLipLoss, of one device, whose value is the mean' },
  references: [
    'https://arxiv.org/abs/2303.15343',
    'https://github.com/mlfoundations/open_clip/blob/main/src/open_clip/loss.py'
  ],
  notes: [
    'mean divides by B, not by B².',
    'Training starts with a logit_scale of 10 and a logit_bias of −10.',
    IN_FLOAT64
  ],
  example: {
    query: [[1, 2], [0.5, -1], [0, 1]],
    key: [[2, 1], [1, 0], [-1, 1]],
    logit_scale: 2,
    logit_bias: -1,
    gradients: ['query', 'logit_scale']
  },
  rejects: [
    ...twoViews,
    ...scaledViews,
    ['a temperature', { ...views, temperature: 0.5 }, 'invalid_request', '/temperature']
  ],
  oracle: {
    expression: 'siglip(query, key, logit_scale, logit_bias, normalize)',
    cases: [
      { shapes: { query: [5, 3], key: [5, 3] } },
      { shapes: { query: [6, 4], key: [6, 4], logit_scale: [], logit_bias: [] } },
      { shapes: { query: [7, 5], key: [7, 5], logit_scale: [] }, options: { normalize: true } },
      { shapes: { query: [9, 17], key: [9, 17], logit_bias: [] } },
      { shapes: { query: [19, 7], key: [19, 7], logit_scale: [], logit_bias: [] }, options: { normalize: true } },
      { shapes: { query: [70, 2], key: [70, 2], logit_scale: [], logit_bias: [] } },
      { shapes: { query: [3, 300], key: [3, 300], logit_scale: [] }, options: { normalize: true } },
      { shapes: { query: [1, 4], key: [1, 4], logit_scale: [], logit_bias: [] } },
      { shapes: { query: [0, 4], key: [0, 4], logit_scale: [] } },
      { shapes: { query: [3, 0], key: [3, 0], logit_bias: [] } },
      { slots: { query: [[26, 5], [-3, 26.5], [1, 1]], key: [[26.5, 4], [2, -26], [-20, 11]], logit_scale: 10, logit_bias: -10 } },
      { slots: { query: [[0, 0], [1, 2]], key: [[1e-13, 0], [3, 4]] }, options: { normalize: true } },
      { slots: { query: [['NaN', 1], [1, 2]], key: [[1, 1], [2, 1]] } },
      { slots: { query: [['Infinity', 1], [1, 2]], key: [[1, 1], [2, 1]], logit_scale: 2 } },
      { slots: { query: [[1e150, 1], [1, 1e-300]], key: [[1e150, 1], [2, 1e-300]] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
