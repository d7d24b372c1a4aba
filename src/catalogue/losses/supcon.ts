import { z } from 'zod'
import { defineLoss, float, index } from '../define.js'
import { IN_FLOAT64 } from '../families/matrix.js'
import { meanOver, normalize, temperature } from '../options.js'
import { labelledRows, members } from '../rejections.js'

export default defineLoss({
  summary: 'Supervised contrastive: cross-entropy of an embedding\'s similarities to all others, averaged over those of its label',
  aliases: ['supervised_contrastive'],
  family: 'embeddings',
  formula: String.raw`\ell_i = -\frac{\tau}{\tau_0} \frac{1}{\lvert P_i \rvert} \sum_{p \in P_i} \left( S_{ip} - ` +
    String.raw`\log \sum_{j \ne i} e^{S_{ij}} \right), \quad S = Z Z^\top / \tau`,
  slots: {
    input: float('(M, D) or (B, V, D)', 'Embeddings, or V views of each'),
    labels: index('(M) or (B)', 'Which embeddings belong together')
  },
  options: {
    temperature: temperature(0.1),
    base_temperature: z.union([z.literal('temperature'), z.number().positive()]).default('temperature')
      .describe('The loss is multiplied by temperature and divided by this; "temperature" leaves it as it is'),
    normalize: normalize(true),
    contrast_mode: z.enum(['all', 'one']).default('all')
      .describe('Which rows have a loss: all, or those of the first view'),
    mean_over: meanOver('all')
  },
  parameters: ({ temperature, base_temperature: base }) =>
    [temperature as number, (base === 'temperature' ? temperature : base) as number],
  equivalents: {
    'HobbitLong/SupContrast': 'SupConLoss with normalize false; its defaults are temperature 0.07 and base_temperature 0.07',
    'pytorch-metric-learning': 'SupConLoss with mean_over "nonzero"'
  },
  references: [
    'https://arxiv.org/abs/2004.11362',
    'https://github.com/HobbitLong/SupContrast/blob/master/losses.py',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#supconloss'
  ],
  notes: [
    'Views are laid out one after the other: row v·B + b of the unreduced loss is view v of embedding b.',
    'A row without another of its label gives 0, whatever its similarities are.',
    'With mean_over "nonzero" mean divides by the number of losses greater than 0, and is 0 where there are none.',
    'pytorch-metric-learning answers 0 where no two rows share a label, or all do; here the formula holds.',
    IN_FLOAT64
  ],
  example: {
    input: [[1, 2], [0.5, -1], [2, 1], [-1, 1]],
    labels: [0, 1, 0, 2],
    temperature: 0.5,
    gradients: ['input']
  },
  rejects: [
    ...labelledRows,
    ['a label for every view', { input: [[[1, 2], [3, 4]]], labels: [0, 0] }, 'invalid_shape', '/labels'],
    ['temperature 0', { ...members, temperature: 0 }, 'invalid_option', '/temperature'],
    ['a base_temperature of 0', { ...members, base_temperature: 0 }, 'invalid_option', '/base_temperature'],
    ['another contrast_mode', { ...members, contrast_mode: 'two' }, 'invalid_option', '/contrast_mode'],
    ['another mean_over', { ...members, mean_over: 'some' }, 'invalid_option', '/mean_over']
  ],
  oracle: {
    expression: 'supcon(input, labels, temperature, base_temperature, normalize, contrast_mode)',
    divisor: 'over_nonzero(supcon(input, labels, temperature, base_temperature, normalize, contrast_mode)) ' +
      'if mean_over == "nonzero" else count',
    library: {
      name: 'pytorch_metric_learning',
      expression: 'pytorch_metric_learning.losses.SupConLoss(temperature=temperature)(tensor(input), tensor(labels))',
      gives: 'mean',
      when: 'mean_over == "nonzero" and base_temperature == "temperature" and normalize and input.ndim == 2 and ' +
        '1 < len(set(labels.tolist())) < len(labels)'
    },
    cases: [
      { shapes: { input: [8, 3], labels: [8] } },
      { shapes: { input: [7, 2], labels: [7] }, options: { temperature: 0.5, mean_over: 'nonzero' } },
      { shapes: { input: [9, 4], labels: [9] }, options: { mean_over: 'nonzero' } },
      { shapes: { input: [8, 3], labels: [8] }, options: { normalize: false, temperature: 4 } },
      { shapes: { input: [8, 3], labels: [8] }, options: { temperature: 0.2, base_temperature: 0.07 } },
      { shapes: { input: [5, 2, 3], labels: [5] } },
      { shapes: { input: [4, 3, 5], labels: [4] }, options: { contrast_mode: 'one', temperature: 0.3 } },
      { shapes: { input: [6, 3], labels: [6] }, options: { contrast_mode: 'one' } },
      { shapes: { input: [7, 2, 9], labels: [7] }, options: { contrast_mode: 'one', mean_over: 'nonzero' } },
      { shapes: { input: [60, 2], labels: [60] }, options: { temperature: 1 } },
      { shapes: { input: [19, 17], labels: [19] }, options: { mean_over: 'nonzero' } },
      { shapes: { input: [1, 3], labels: [1] } },
      { shapes: { input: [1, 3], labels: [1] }, options: { mean_over: 'nonzero' } },
      { shapes: { input: [0, 3], labels: [0] } },
      { shapes: { input: [4, 0], labels: [4] } },
      { slots: { input: [[1, 2], [0.5, -1], [2, 1]], labels: [0, 1, 2] } },
      { slots: { input: [[1, 2], [1, 2], [2, 4], [-1, -2]], labels: [3, 3, 3, -1] }, options: { temperature: 0.01 } },
      { slots: { input: [[0, 0], [1, 2], [1e-13, 0]], labels: [0, 0, 0] } },
      { slots: { input: [['NaN', 1], [1, 2], [1, 1]], labels: [0, 1, 1] } },
      { slots: { input: [['Infinity', 1], [1, 2], [1, 1]], labels: [0, 0, 1] }, options: { normalize: false } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'scale_invariant', slots: ['input'] }]
})
