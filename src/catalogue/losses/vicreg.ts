import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { featureViews, twoFeatureViews } from '../rejections.js'

export default defineLoss({
  summary: 'VICReg: two views should agree, each of their features should vary, and no two features together',
  aliases: ['vic_reg'],
  family: 'features',
  formula: String.raw`\ell = \frac{\lambda}{B D} \sum_{b,k} (x_{bk} - y_{bk})^2 + \sum_{z \in \{x, y\}} \left( \frac{\mu}{2 D} ` +
    String.raw`\sum_k \left[1 - \sqrt{\operatorname{var} z_k + \epsilon}\right]_+ + \frac{\nu}{D} \sum_{k \ne l} ` +
    String.raw`\operatorname{cov}(z_k, z_l)^2 \right)`,
  slots: {
    input1: float('(B, D)', 'Embeddings of one view'),
    input2: float('(B, D)', 'Embeddings of the other')
  },
  options: {
    invariance_lambda: z.number().min(0).default(25).describe('λ: what the mean squared difference counts'),
    variance_mu: z.number().min(0).default(25).describe('μ: what features that vary too little count'),
    covariance_v: z.number().min(0).default(1).describe('ν: what covariances of features count'),
    eps: z.number().min(0).default(1e-4).describe('ε: added to the variances')
  },
  equivalents: {
    'pytorch-metric-learning': 'VICRegLoss(invariance_lambda, variance_mu, covariance_v, eps) with ref_emb',
    'facebookresearch/vicreg': 'the loss of VICReg.forward, of one device, of what comes out of its projector'
  },
  references: [
    'https://arxiv.org/abs/2105.04906',
    'https://github.com/facebookresearch/vicreg/blob/main/main_vicreg.py',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#vicregloss'
  ],
  notes: [
    'The loss is one number, the same under all reductions; batchmean does not divide it.',
    'Variances and covariances divide by B − 1. A standard deviation of exactly 1 has no gradient.',
    'Views are compared feature by feature: the work takes the square of 2D numbers.',
    IN_FLOAT64
  ],
  example: { input1: [[1, 2], [0.5, -1], [2, 1]], input2: [[1, 1], [0, -1], [1, 0.5]], gradients: ['input1', 'input2'] },
  rejects: [
    ...featureViews,
    ['a negative variance_mu', { ...twoFeatureViews, variance_mu: -1 }, 'invalid_option', '/variance_mu'],
    ['a negative eps', { ...twoFeatureViews, eps: -1 }, 'invalid_option', '/eps']
  ],
  kernels: ['vicreg_rows'],
  oracle: {
    expression: 'vicreg(input1, input2, invariance_lambda, variance_mu, covariance_v, eps)',
    library: {
      name: 'pytorch_metric_learning',
      expression: 'pytorch_metric_learning.losses.VICRegLoss(invariance_lambda, variance_mu, covariance_v, eps)' +
        '(tensor(input1), ref_emb=tensor(input2))',
      gives: 'mean'
    },
    cases: [
      { shapes: { input1: [5, 3], input2: [5, 3] } },
      { shapes: { input1: [6, 4], input2: [6, 4] }, options: { invariance_lambda: 1, variance_mu: 1, covariance_v: 2 } },
      { shapes: { input1: [6, 4], input2: [6, 4] }, options: { invariance_lambda: 0, covariance_v: 0 } },
      { shapes: { input1: [3, 2], input2: [3, 2] }, options: { variance_mu: 100, invariance_lambda: 0.1 } },
      { shapes: { input1: [2, 2], input2: [2, 2] }, options: { eps: 0.3 } },
      { shapes: { input1: [4, 9], input2: [4, 9] } },
      { shapes: { input1: [2, 5], input2: [2, 5] } },
      { shapes: { input1: [100, 10], input2: [100, 10] } },
      { shapes: { input1: [3, 40], input2: [3, 40] }, options: { covariance_v: 0.1 } },
      { shapes: { input1: [4, 1], input2: [4, 1] } },
      { slots: { input1: [[0.1, 0.2], [0.1, -0.1], [0.1, 0]], input2: [[0.1, 0.2], [0.2, 0.2], [0.3, 0.2]] } },
      { slots: { input1: [[1e5, 2e-5], [-1e5, -1e-5], [3, 0]], input2: [[1, 2], [2, 2.5], [3, 2]] }, options: { covariance_v: 2 } },
      { slots: { input1: [['NaN', 2], [1, -1], [1, 0]], input2: [[1, 2], [2, 3], [3, 2]] } },
      { slots: { input1: [['Infinity', 2], [1, -1], [1, 0]], input2: [[1, 2], [2, 3], [3, 2]] } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'symmetric', slots: ['input1', 'input2'] },
    { law: 'shift_invariant', slots: ['input1', 'input2'] }
  ]
})
