import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { differenceLaws } from '../regression.js'
import { elementwise, pair } from '../rejections.js'

export default defineLoss({
  summary: 'Euclidean distance, or another p-norm, of the vectors along the last axis',
  aliases: ['mean_euclidean_distance', 'pairwise_distance'],
  family: 'vectors',
  formula: String.raw`\ell = \lVert x - y + \varepsilon \rVert_p`,
  slots: {
    input: float('(…, D)', 'Vectors'),
    target: float('(…, D)', 'Vectors; broadcasts with input')
  },
  options: {
    p: z.union([z.literal('inf'), z.number().min(1)]).default(2)
      .describe('Order of the norm: a number of at least 1, or "inf" for the largest component'),
    eps: z.number().min(0).default(0)
      .describe('Added to every component of the difference before the norm; 1e-6 gives PyTorch\'s pairwise_distance')
  },
  parameters: ({ p, eps }) => [p === 'inf' ? Infinity : p as number, eps as number],
  equivalents: {
    PyTorch: 'torch.nn.functional.pairwise_distance with eps 1e-6; torch.linalg.vector_norm(x - y, p, -1) with eps 0',
    'scikit-learn': 'paired_euclidean_distances'
  },
  references: [
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html',
    'https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html'
  ],
  notes: [
    'mean is that of the distances.',
    'The gradient at distance 0 is 0. With p "inf" components that tie for the largest share it.',
    'With eps the distance of equal vectors is eps·D^(1/p).',
    'Vectors of length 0 have distance 0.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[0.5, 0.5, 2], [-1, 1, -3.5]], gradients: ['input'] },
  rejects: [
    ...elementwise,
    ['leading axes that do not broadcast', { ...pair, target: [[1, 2, 3], [4, 5, 6], [7, 8, 9]] }, 'invalid_shape', '/target'],
    ['a scalar input', { input: 1, target: [2] }, 'invalid_shape', '/input'],
    ['a scalar target', { input: [1], target: 2 }, 'invalid_shape', '/target'],
    ['p below 1', { ...pair, p: 0.5 }, 'invalid_option', '/p'],
    ['p in other words', { ...pair, p: 'infinite' }, 'invalid_option', '/p'],
    ['a negative eps', { ...pair, eps: -1 }, 'invalid_option', '/eps']
  ],
  oracle: {
    expression: 'torch.linalg.vector_norm(input - target + eps, ord=math.inf if p == "inf" else p, dim=-1)',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { eps: 1e-6 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { p: 1 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { p: 3.5 } },
      { shapes: { input: [4, 6], target: [4, 6] }, options: { p: 1.25, eps: 0.01 } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { p: 'inf' } },
      { shapes: { input: [2, 3, 4], target: [3, 1] } },
      { shapes: { input: [1], target: [5, 7] }, options: { p: 3 } },
      { shapes: { input: [6], target: [6] } },
      { shapes: { input: [3, 0], target: [3, 0] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [2, 1500], target: [2, 1500] } },
      { slots: { input: [[1, 2], [1e150, 1], ['NaN', 1], ['Infinity', 1]], target: [[1, 2], [0, 0], [0, 0], [0, 0]] } },
      { slots: { input: [[1, 2], ['NaN', 1], ['Infinity', 1]], target: [[1, 2], [0, 0], [0, 0]] }, options: { p: 1 } },
      { slots: { input: [[1, 2], [3, -3], ['Infinity', 1]], target: [[1, 2], [0, 0], [0, 0]] }, options: { p: 'inf' } },
      { slots: { input: [[1, 2], ['NaN', 1], ['Infinity', 1]], target: [[1, 2], [0, 0], [0, 0]] }, options: { p: 3 } },
      { slots: { input: [[1, 2]], target: [[1, 2]] }, options: { p: 1.5 } }
    ]
  },
  laws: differenceLaws
})
