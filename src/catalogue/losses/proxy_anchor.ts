import { z } from 'zod'
import { defineLoss } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { number } from '../options.js'
import {
  inLibrary, labelFaults, prototypeCases, prototyped, prototypeLaws, prototypeRefusals, PROXIES, proxySlots,
  scaleRefusals, sized
} from '../prototypes.js'

export default defineLoss({
  summary: 'Proxy-Anchor: each class\'s proxy as an anchor that pulls the embeddings of its class and pushes all others',
  aliases: ['proxyanchor', 'proxy_anchor_loss'],
  family: 'proxies',
  formula: String.raw`\ell_c = \frac{C}{\lvert P^+ \rvert} \ln\Bigl(1 + \sum_{i: y_i = c} e^{-\alpha (S_{ci} - \delta)}\Bigr) + ` +
    String.raw`\ln\Bigl(1 + \sum_{i: y_i \ne c} e^{\alpha (S_{ci} + \delta)}\Bigr)`,
  slots: proxySlots,
  options: {
    margin: number('Cosine δ that own embeddings should exceed, and others should fall short of negated').default(0.1),
    alpha: z.number().positive().default(32).describe('Multiplies the cosines: α, greater than 0')
  },
  faults: labelFaults,
  equivalents: { 'pytorch-metric-learning': 'ProxyAnchorLoss, whose value is the mean' },
  references: [
    'https://arxiv.org/abs/2003.13911',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#proxyanchorloss'
  ],
  notes: [
    'The loss has an entry for each class. P⁺ are the classes that occur among the labels; the factor C/|P⁺| makes the mean over the C ' +
      'classes what the paper and pytorch-metric-learning define: the first terms over |P⁺|, the second over C.',
    'S are cosines: embeddings and proxies are divided by their norms (at least 1e-12) first.',
    IN_FLOAT64
  ],
  example: { ...prototyped(PROXIES), alpha: 4, gradients: ['input', PROXIES] },
  rejects: [...prototypeRefusals(PROXIES), ...scaleRefusals(PROXIES, 'alpha')],
  oracle: {
    expression: 'proxy_anchor(input, labels, proxies, margin, alpha)',
    library: inLibrary('ProxyAnchorLoss', 'proxies', 'tensor(proxies)', PROXIES, 'margin=margin, alpha=alpha'),
    cases: [
      ...prototypeCases(PROXIES),
      sized(PROXIES, 9, 3, 4, { margin: 0, alpha: 1 }),
      sized(PROXIES, 9, 4, 5, { margin: -0.25 }),
      sized(PROXIES, 6, 4, 9, { margin: 0.5, alpha: 10 }),
      { slots: { input: [[3, 4], [-4, 3], [0, 0]], labels: [0, 1, 1], proxies: [[4, -3], [3, 4]] }, options: { alpha: 2 } },
      { slots: { input: [['NaN', 1], [1, 2]], labels: [0, 1], proxies: [[1, 1], [2, 1]] } },
      { slots: { input: [[1e150, 2e150], [5, 0]], labels: [0, 1], proxies: [[1, 1], [0.5, 7], [-3, 2]] }, options: { alpha: 500 } }
    ]
  },
  laws: prototypeLaws(PROXIES)
})
