import { z } from 'zod'
import { defineLoss, either, float } from '../define.js'
import { zeros } from '../rejections.js'

const CLASSES = { input: [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], target: [0, 1] }
const SOFT = { ...CLASSES, target: [[1, 0, 0], [0, 1, 0]] }

export default defineLoss({
  summary: 'Brier score: squared differences of probabilities and outcomes',
  aliases: ['brier_score'],
  family: 'outcomes',
  formula: String.raw`\ell_n = s \sum_c (p_{nc} - y_{nc})^2, \quad \text{one outcome: } \ell_n = 2 s (p_n - y_n)^2, ` +
    String.raw`\quad s = \tfrac{1}{2} \text{ or } 1`,
  slots: {
    input: float('(N) or (…, C)', 'Probabilities of one outcome, or of each class', { domain: 'probability' }),
    target: either('(N); or (…) or the shape of input',
      'Whether the outcome came, 0 or 1; or class indices; or, in the shape of input, class probabilities', { integers: 'convert' })
  },
  options: {
    scale_by_half: z.union([z.literal('auto'), z.boolean()]).default('auto')
      .describe('Halve the sum over the classes: "auto" does so for one outcome and for up to two classes')
  },
  parameters: ({ scale_by_half: scaled }) => [scaled === 'auto' ? 2 : Number(scaled)],
  faults: {
    1: 'class index {value} is outside [0, {C})',
    2: '{slot} holds {value}, expected a probability in [0, 1]'
  },
  equivalents: {
    PyTorch: '((input − F.one_hot(target))**2).sum(-1), halved for two classes',
    'scikit-learn': 'brier_score_loss'
  },
  references: [
    'https://scikit-learn.org/stable/modules/generated/sklearn.metrics.brier_score_loss.html',
    'https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2'
  ],
  notes: [
    'An input with one axis holds the probabilities of one outcome: (p − y)², and twice that with scale_by_half false.',
    'The score lies in [0, 2], halved in [0, 1]. Rows need not sum to 1.'
  ],
  example: { input: [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], target: [0, 1], gradients: ['input'] },
  rejects: [
    ['a probability above 1', { ...CLASSES, input: [[0.5, 0.3, 1.2], [0.1, 0.1, 0.8]] }, 'invalid_value', '/input/0/2'],
    ['a negative probability', { ...CLASSES, input: [[0.5, 0.3, 0.2], [-0.1, 0.1, 0.8]] }, 'invalid_value', '/input/1/0'],
    ['NaN as a probability', { input: [0.5, 'NaN'], target: [0, 1] }, 'invalid_value', '/input/1'],
    ['a target above 1', { ...SOFT, target: [[1, 0, 0], [0, 2, 0]] }, 'invalid_value', '/target/1/1'],
    ['a negative target', { input: [0.5, 0.1], target: [-1, 1] }, 'invalid_value', '/target/0'],
    ['an index beyond the classes', { ...CLASSES, target: [0, 3] }, 'invalid_value', '/target/1'],
    ['a negative index', { ...CLASSES, target: [-1, 0] }, 'invalid_value', '/target/0'],
    ['an index with a fraction', { ...CLASSES, target: [0, 1.5] }, 'malformed_tensor', '/target/1'],
    ['a float target of index shape', { ...CLASSES, target: zeros('float64', 2) }, 'invalid_dtype', '/target'],
    ['a scalar input', { input: 1, target: 1 }, 'invalid_shape', '/input'],
    ['batch sizes that differ', { ...CLASSES, target: [0, 1, 2] }, 'invalid_shape', '/target'],
    ['outcomes for other probabilities', { input: [0.5, 0.1], target: [1, 0, 1] }, 'invalid_shape', '/target'],
    ['probabilities of other classes', { ...CLASSES, target: [[1, 0], [0, 1]] }, 'invalid_shape', '/target'],
    ['another scale_by_half in words', { ...CLASSES, scale_by_half: 'never' }, 'invalid_option', '/scale_by_half'],
    ['a scale_by_half of another type', { ...CLASSES, scale_by_half: 0.5 }, 'invalid_option', '/scale_by_half'],
    ['the gradient of class indices', { ...CLASSES, gradients: ['target'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'brier(input, target, scale_by_half)',
    cases: [
      { shapes: { input: [4, 5], target: [4] } },
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 2], target: [4] } },
      { shapes: { input: [4, 2], target: [4, 2] }, options: { scale_by_half: false } },
      { shapes: { input: [4, 5], target: [4] }, options: { scale_by_half: true } },
      { shapes: { input: [7], target: [7] } },
      { shapes: { input: [7], target: [7] }, options: { scale_by_half: false } },
      { shapes: { input: [6], target: [6] }, options: { scale_by_half: true } },
      { shapes: { input: [2, 3, 4], target: [2, 3, 4] } },
      { shapes: { input: [4, 1], target: [4] } },
      { shapes: { input: [0, 3], target: [0] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [3, 0], target: [3, 0] } },
      { shapes: { input: [0], target: [0] } },
      { shapes: { input: [300, 7], target: [300] } },
      { shapes: { input: [2001], target: [2001] } },
      { slots: { input: [0, 1, 0.25, 1e-300, 1], target: [0, 1, 1, 0, 0] } },
      { slots: { input: [[0, 1, 0], [1, 0, 0], [0.1, 0.2, 0.7]], target: [1, 1, 2] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'zero_at_target' }]
})
