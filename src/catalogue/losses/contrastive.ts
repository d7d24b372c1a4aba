import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { margin } from '../options.js'

const couples = { input1: [[1, 2, 3], [4, 5, 6]], input2: [[1, 0, 3], [4, -5, 6]], target: [1, 0] }

export default defineLoss({
  summary: 'Contrastive: pairs that belong together cost their squared distance, others what it lacks of a margin, squared',
  aliases: ['contrastive_loss', 'hadsell'],
  family: 'couples',
  formula: String.raw`\ell = f \left( y d^2 + (1 - y) \max(0, m - d)^2 \right), \quad d = \lVert a - b + \varepsilon \rVert_2`,
  slots: {
    input1: float('(N, D) or (D)', 'Vectors'),
    input2: float('(N, D) or (D)', 'Vectors, as many'),
    target: float('(N) or ()', 'Labels: 1 for pairs that belong together, 0 for others; anything between', { domain: 'probability' })
  },
  options: {
    margin: margin.describe('Distance from which pairs labelled 0 cost nothing; greater than 0'),
    factor: z.number().default(0.5).describe('Multiplies the loss'),
    eps: z.number().min(0).default(0).describe('Added to every component of the difference before the norm'),
    squared: z.boolean().default(true).describe('Square the distance and what it lacks of the margin')
  },
  parameters: ({ margin: m, factor, eps, squared }) => [m as number, factor as number, eps as number, Number(squared)],
  equivalents: {
    PyTorch: 'none; torch.nn.functional.pairwise_distance and clamp',
    'TensorFlow Addons': 'contrastive_loss with factor 1, of distances',
    'pytorch-metric-learning': 'ContrastiveLoss with squared false, over all pairs of a batch'
  },
  references: [
    'http://yann.lecun.com/exdb/publis/pdf/hadsell-chopra-lecun-06.pdf',
    'https://kevinmusgrave.github.io/pytorch-metric-learning/losses/#contrastiveloss'
  ],
  notes: [
    'Here 1 says that two vectors belong together, as code has it; in the paper it is 0.',
    'The gradient at distance 0 is 0. Where the distance is the margin and squared is false, the gradient passes.',
    'Labels outside [0, 1] are taken as they are.'
  ],
  example: {
    input1: [[1, 2], [0.5, -1], [0, 1]], input2: [[2, 1], [1, 0], [-1, 1]], target: [1, 0, 0], margin: 1.5, gradients: ['input1', 'target']
  },
  rejects: [
    ['numbers of pairs that differ', { ...couples, input2: [[1, 0, 3]] }, 'invalid_shape', '/input2'],
    ['vectors of different lengths', { ...couples, input2: [[1, 0], [0, 1]] }, 'invalid_shape', '/input2'],
    ['vectors with three axes', { input1: [[[1]]], input2: [[[1]]], target: [[1]] }, 'invalid_shape', '/input1'],
    ['a target for other pairs', { ...couples, target: [1, 0, 1] }, 'invalid_shape', '/target'],
    ['margin 0', { ...couples, margin: 0 }, 'invalid_option', '/margin'],
    ['a negative margin', { ...couples, margin: -1 }, 'invalid_option', '/margin'],
    ['a negative eps', { ...couples, eps: -1 }, 'invalid_option', '/eps'],
    ['squared as a number', { ...couples, squared: 1 }, 'invalid_request', '/squared']
  ],
  oracle: {
    expression: 'contrastive(input1, input2, target, margin, factor, eps, squared)',
    cases: [
      { shapes: { input1: [4, 5], input2: [4, 5], target: [4] } },
      { shapes: { input1: [4, 3], input2: [4, 3], target: [4] }, options: { margin: 6 } },
      { shapes: { input1: [4, 3], input2: [4, 3], target: [4] }, options: { margin: 5, factor: 1.5 } },
      { shapes: { input1: [4, 3], input2: [4, 3], target: [4] }, options: { margin: 5, squared: false } },
      { shapes: { input1: [4, 3], input2: [4, 3], target: [4] }, options: { margin: 4, eps: 0.01 } },
      { shapes: { input1: [5], input2: [5], target: [] }, options: { margin: 10 } },
      { shapes: { input1: [1, 1], input2: [1, 1], target: [1] }, options: { margin: 8 } },
      { shapes: { input1: [0, 3], input2: [0, 3], target: [0] } },
      { shapes: { input1: [3, 0], input2: [3, 0], target: [3] } },
      { shapes: { input1: [2, 1005], input2: [2, 1005], target: [2] }, options: { margin: 100 } },
      {
        slots: { input1: [[1, 2], [3, 4], [3, 4], [0, 1]], input2: [[1, 2], [0, 0], [0, 0], [0, 0]], target: [1, 1, 0, 0.5] },
        options: { margin: 5 }
      },
      {
        slots: { input1: [[1, 2], [3, 4], [3, 4], [0, 1]], input2: [[1, 2], [0, 0], [0, 0], [0, 0]], target: [0, 1, 0, 0.5] },
        options: { margin: 5, squared: false }
      },
      { slots: { input1: [['NaN', 1], ['Infinity', 1], [1e100, 0]], input2: [[1, 1], [1, 1], [0, 0]], target: [0.5, 0.5, 0.5] } },
      { slots: { input1: [[1e-150, 1e-150], [1e-9, 0]], input2: [[0, 0], [0, 0]], target: [0.25, 0] } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'symmetric', slots: ['input1', 'input2'] },
    { law: 'shift_invariant', slots: ['input1', 'input2'] }
  ]
})
