import { z } from 'zod'
import { labelledBatches } from '../cases.js'
import { defineLoss, float, index } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { normalize } from '../options.js'
import { labelledRows, members } from '../rejections.js'

export default defineLoss({
  summary: 'Neighbourhood components: minus the logarithm of the chance that a neighbour, drawn by distance, has the same label',
  aliases: ['nca_loss', 'neighbourhood_components'],
  family: 'embeddings',
  formula: String.raw`\ell_i = -\log \frac{\sum_{p \in P_i} e^{-a \lVert z_i - z_p \rVert^2}}{\sum_{j \ne i} e^{-a \lVert z_i - z_j \rVert^2}}`,
  slots: {
    input: float('(M, D)', 'Embeddings'),
    labels: index('(M)', 'Which embeddings belong together')
  },
  options: {
    softmax_scale: z.number().positive().default(1).describe('a: multiplies the squared distances; greater than 0'),
    normalize: normalize(true)
  },
  parameters: ({ softmax_scale: scale }) => [scale as number],
  equivalents: { 'pytorch-metric-learning': 'NCALoss(softmax_scale)' },
  references: [
    'https://www.cs.toronto.edu/~hinton/absps/nca.pdf',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#ncaloss'
  ],
  notes: [
    'mean divides by the number of rows that share their label with another, and is 0 where there are none; other rows give 0.',
    'pytorch-metric-learning also leaves out rows whose chance underflows to 0; here they have the finite loss that they have.',
    IN_FLOAT64
  ],
  example: { input: [[1, 2], [0.5, -1], [2, 1], [-1, 1]], labels: [0, 1, 0, 2], gradients: ['input'] },
  rejects: [
    ...labelledRows,
    ['softmax_scale 0', { ...members, softmax_scale: 0 }, 'invalid_option', '/softmax_scale']
  ],
  oracle: {
    expression: 'nca(input, labels, softmax_scale, normalize)',
    divisor: 'paired_rows(labels)',
    library: {
      name: 'pytorch_metric_learning',
      expression: 'pytorch_metric_learning.losses.NCALoss(softmax_scale=softmax_scale)(tensor(input), tensor(labels))',
      gives: 'mean',
      when: 'normalize and len(set(labels.tolist())) < len(labels)'
    },
    cases: [
      { shapes: { input: [8, 3], labels: [8] } },
      { shapes: { input: [9, 4], labels: [9] }, options: { softmax_scale: 10 } },
      { shapes: { input: [6, 2], labels: [6] }, options: { normalize: false } },
      { shapes: { input: [6, 2], labels: [6] }, options: { normalize: false, softmax_scale: 0.25 } },
      { shapes: { input: [7, 5], labels: [7] } },
      { shapes: { input: [60, 2], labels: [60] } },
      ...labelledBatches,
      { slots: { input: [[100, 2], [-100, 2], [101, 2], [-100.5, 0]], labels: [0, 0, 1, 1] }, options: { normalize: false } },
      { slots: { input: [[1, 0], [1, 1e-7], [-1, 0], [-1, 1e-9]], labels: [3, 3, 4, 4] }, options: { softmax_scale: 20 } },
      { slots: { input: [['NaN', 1], [1, 2], [1, 1]], labels: [0, 0, 1] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'scale_invariant', slots: ['input'] }]
})
