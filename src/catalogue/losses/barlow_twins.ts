import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { featureViews, twoFeatureViews } from '../rejections.js'

export default defineLoss({
  summary: 'Barlow twins: how far the correlations of two views\' features are from the identity',
  aliases: ['barlow'],
  family: 'features',
  formula: String.raw`\ell = \sum_k (1 - C_{kk})^2 + \lambda \sum_{k \ne l} C_{kl}^2, \quad C_{kl} = \frac{1}{B} \sum_b ` +
    String.raw`\frac{(x_{bk} - \bar x_k)(y_{bl} - \bar y_l)}{\sqrt{\sigma^2_{x,k} + \epsilon} \sqrt{\sigma^2_{y,l} + \epsilon}}`,
  slots: {
    input1: float('(B, D)', 'Embeddings of one view'),
    input2: float('(B, D)', 'Embeddings of the other')
  },
  options: {
    eps: z.number().min(0).default(1e-5).describe('ε: added to the variances'),
    lambd: z.number().min(0).default(0.0051).describe('λ: what correlations of different features count')
  },
  equivalents: { 'facebookresearch/barlowtwins': 'the loss of BarlowTwins.forward, of one device, of what comes out of its projector' },
  references: [
    'https://arxiv.org/abs/2103.03230',
    'https://github.com/facebookresearch/barlowtwins/blob/main/main.py'
  ],
  notes: [
    'The loss is one number, the same under all reductions; batchmean does not divide it.',
    'Variances divide by B, as BatchNorm1d does in training. A feature that is constant has correlation 0.',
    IN_FLOAT64
  ],
  example: { input1: [[1, 2], [0.5, -1], [2, 1]], input2: [[1, 1], [0, -1], [1, 0.5]], gradients: ['input1', 'input2'] },
  rejects: [
    ...featureViews,
    ['a negative lambd', { ...twoFeatureViews, lambd: -1 }, 'invalid_option', '/lambd'],
    ['a negative eps', { ...twoFeatureViews, eps: -1 }, 'invalid_option', '/eps']
  ],
  kernels: ['barlow_twins_rows'],
  oracle: {
    expression: 'barlow_twins(input1, input2, eps, lambd)',
    cases: [
      { shapes: { input1: [5, 3], input2: [5, 3] } },
      { shapes: { input1: [6, 4], input2: [6, 4] }, options: { lambd: 0.5 } },
      { shapes: { input1: [6, 4], input2: [6, 4] }, options: { lambd: 0 } },
      { shapes: { input1: [7, 2], input2: [7, 2] }, options: { eps: 0.3 } },
      { shapes: { input1: [7, 2], input2: [7, 2] }, options: { eps: 0, lambd: 1 } },
      { shapes: { input1: [4, 9], input2: [4, 9] } },
      { shapes: { input1: [2, 5], input2: [2, 5] } },
      { shapes: { input1: [100, 10], input2: [100, 10] } },
      { shapes: { input1: [3, 40], input2: [3, 40] }, options: { lambd: 0.1 } },
      { shapes: { input1: [4, 1], input2: [4, 1] } },
      { shapes: { input1: [4, 0], input2: [4, 0] } },
      { slots: { input1: [[1, 2], [1, -1], [1, 0]], input2: [[1, 2], [2, 2], [3, 2]] } },
      { slots: { input1: [[1e5, 2e-5], [-1e5, -1e-5], [3, 0]], input2: [[1, 2], [2, 2], [3, 2]] }, options: { lambd: 2 } },
      { slots: { input1: [['NaN', 2], [1, -1], [1, 0]], input2: [[1, 2], [2, 3], [3, 2]] } },
      { slots: { input1: [['Infinity', 2], [1, -1], [1, 0]], input2: [[1, 2], [2, 3], [3, 2]] } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'symmetric', slots: ['input1', 'input2'] },
    { law: 'shift_invariant', slots: ['input1'] },
    { law: 'shift_invariant', slots: ['input2'] }
  ]
})
