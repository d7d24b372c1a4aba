import { defineLoss, float } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { normalize, temperature } from '../options.js'
import { contrastive, scaledViews } from '../rejections.js'

export default defineLoss({
  summary: 'CLIP: cross-entropy of each query\'s similarities to all keys and of each key\'s to all queries, averaged',
  aliases: ['clip_loss'],
  family: 'views',
  formula: String.raw`\ell_i = \tfrac{1}{2} \left( \log \sum_j e^{S_{ij}} + \log \sum_j e^{S_{ji}} \right) - S_{ii}, \quad ` +
    String.raw`S = \frac{s}{\tau} Q K^\top + b`,
  slots: {
    query: float('(B, D)', 'Embeddings, such as of images'),
    key: float('(B, D)', 'Embeddings, such as of texts; row i belongs to query i'),
    logit_scale: float('()', 'Multiplies the similarities: s, already exponentiated; 1 if left out', { optional: true }),
    logit_bias: float('()', 'Added to the similarities: b; 0 if left out. It changes no loss', { optional: true })
  },
  options: { temperature: temperature(1), normalize: normalize(false) },
  parameters: ({ temperature }) => [temperature as number],
  kernels: ['clip_columns'],
  equivalents: { open_clip: 'ClipLoss, whose value is the mean', info_nce: 'symmetric' },
  references: [
    'https://arxiv.org/abs/2103.00020',
    'https://github.com/mlfoundations/open_clip/blob/main/src/open_clip/loss.py'
  ],
  notes: [
    'logit_scale and temperature do the same, one a tensor that has a gradient, the other a number: give one of them. ' +
      'Training starts with a logit_scale of 1/0.07.',
    'One pair gives 0.',
    'An infinite or NaN similarity gives NaN as in log_softmax.',
    IN_FLOAT64
  ],
  example: {
    query: [[1, 2], [0.5, -1], [0, 1]],
    key: [[2, 1], [1, 0], [-1, 1]],
    logit_scale: 2,
    gradients: ['query', 'key', 'logit_scale']
  },
  rejects: [...contrastive, ...scaledViews],
  oracle: {
    expression: 'clip(query, key, logit_scale, logit_bias, temperature, normalize)',
    cases: [
      { shapes: { query: [5, 3], key: [5, 3] } },
      { shapes: { query: [6, 4], key: [6, 4], logit_scale: [], logit_bias: [] } },
      { shapes: { query: [7, 5], key: [7, 5], logit_scale: [] }, options: { normalize: true } },
      { shapes: { query: [9, 17], key: [9, 17] }, options: { normalize: true, temperature: 0.07 } },
      { shapes: { query: [8, 3], key: [8, 3], logit_scale: [] }, options: { temperature: 3 } },
      { shapes: { query: [70, 2], key: [70, 2], logit_scale: [], logit_bias: [] } },
      { shapes: { query: [3, 300], key: [3, 300] }, options: { normalize: true, temperature: 0.5 } },
      { shapes: { query: [1, 4], key: [1, 4], logit_scale: [], logit_bias: [] } },
      { shapes: { query: [0, 4], key: [0, 4], logit_scale: [] } },
      { shapes: { query: [3, 0], key: [3, 0], logit_bias: [] } },
      { slots: { query: [[26, 5], [-3, 26.5], [1, 1]], key: [[26.5, 4], [2, -26], [-20, 11]], logit_scale: 2, logit_bias: -3 } },
      { slots: { query: [[9, 0], [0, 9]], key: [[9, 0], [0, 9]] } },
      { slots: { query: [[0, 0], [1, 2]], key: [[1e-13, 0], [3, 4]] }, options: { normalize: true } },
      { slots: { query: [['NaN', 1], [1, 2]], key: [[1, 1], [2, 1]] } },
      { slots: { query: [['Infinity', 1], [1, 2]], key: [[1, 1], [2, 1]], logit_scale: 2 } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'symmetric', slots: ['query', 'key'] },
    {
      law: 'equals',
      loss: 'info_nce',
      options: { temperature: 0.5, normalize: true },
      others: { temperature: 0.5, normalize: true, symmetric: true }
    }
  ]
})
