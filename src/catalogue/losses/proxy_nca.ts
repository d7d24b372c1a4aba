import { z } from 'zod'
import { defineLoss } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { normalize } from '../options.js'
import {
  inLibrary, labelFaults, prototypeCases, prototyped, prototypeLaws, prototypeRefusals, PROXIES, proxySlots,
  scaleRefusals, sized
} from '../prototypes.js'

export default defineLoss({
  summary: 'Proxy-NCA: cross-entropy of the negative squared distances between embeddings and one proxy for each class',
  aliases: ['proxynca', 'proxy_nca_loss'],
  family: 'prototypes',
  formula: String.raw`\ell_i = -\ln \frac{e^{-s \lVert z_i - p_{y_i} \rVert^2}}{\sum_j e^{-s \lVert z_i - p_j \rVert^2}}`,
  slots: proxySlots,
  options: {
    softmax_scale: z.number().positive().default(1).describe('Multiplies the squared distances: s, greater than 0'),
    normalize: normalize(true)
  },
  parameters: options => [options.softmax_scale as number],
  faults: labelFaults,
  equivalents: { 'pytorch-metric-learning': 'ProxyNCALoss; LpDistance(power=2, normalize_embeddings=normalize)' },
  references: [
    'https://arxiv.org/abs/1703.07464',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#proxyncaloss'
  ],
  notes: [
    'The proxy of the own class is among those that the sum is over, as in pytorch-metric-learning; the paper leaves it out.',
    'pytorch-metric-learning drops embeddings whose probability underflows to 0 from the mean; here they have the loss they should have.',
    IN_FLOAT64
  ],
  example: { ...prototyped(PROXIES), softmax_scale: 3, gradients: ['input', PROXIES] },
  rejects: [...prototypeRefusals(PROXIES), ...scaleRefusals(PROXIES, 'softmax_scale')],
  oracle: {
    expression: 'proxy_nca(input, labels, proxies, softmax_scale, normalize)',
    library: inLibrary('ProxyNCALoss', 'proxies', 'tensor(proxies)', PROXIES, 'softmax_scale=softmax_scale, ' +
      'distance=pytorch_metric_learning.distances.LpDistance(power=2, normalize_embeddings=normalize)'),
    cases: [
      ...prototypeCases(PROXIES),
      sized(PROXIES, 9, 3, 4, { softmax_scale: 8 }),
      sized(PROXIES, 9, 4, 5, { normalize: false }),
      sized(PROXIES, 8, 5, 6, { normalize: false, softmax_scale: 0.25 }),
      { slots: { input: [[3, 4], [-4, 3], [0, 0]], labels: [0, 1, 1], proxies: [[4, -3], [3, 4]] }, options: { softmax_scale: 2 } },
      { slots: { input: [[3, 4], [-4, 3]], labels: [0, 1], proxies: [[3, 4], [300, 4]] }, options: { normalize: false } },
      { slots: { input: [['NaN', 1], [1, 2]], labels: [0, 1], proxies: [[1, 1], [2, 1]] } },
      { slots: { input: [['Infinity', 1], [1, 2]], labels: [0, 1], proxies: [[1, 1], [2, 1]] }, options: { normalize: false } }
    ]
  },
  laws: prototypeLaws(PROXIES)
})
