import { z } from 'zod'
import { scoresAlongDim } from '../cases.js'
import { defineTransform, float } from '../define.js'
import { dim } from '../options.js'
import { alongAxis } from '../rejections.js'

export default defineTransform({
  summary: 'Vectors along an axis divided by their Euclidean norm',
  family: 'axis',
  formula: String.raw`y = \frac{x}{\max(\lVert x \rVert_2, \varepsilon)}`,
  slots: {
    input: float('(*)', 'Vectors')
  },
  options: {
    dim,
    eps: z.number().min(0).default(1e-12).describe('Least that the vectors are divided by')
  },
  parameters: ({ eps }) => [eps as number],
  equivalents: {
    PyTorch: 'torch.nn.functional.normalize with p 2, whose dim is 1 unless it says otherwise',
    optax: 'safe_norm divides likewise',
    Keras: 'utils.normalize; ops.normalize'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html'],
  notes: [
    'A vector of zeros stays one; the gradient of vectors shorter than eps is grad_output/eps.',
    'No square overflows: vectors of any finite components are divided by their norm.'
  ],
  example: { input: [[1, 2, 0.5], [0, -1, 3]], grad_output: [[1, 0.5, -1], [0.25, 1, 2]], gradients: ['input'] },
  rejects: [
    ...alongAxis,
    ['a negative eps', { input: [1, 2], eps: -1 }, 'invalid_option', '/eps']
  ],
  oracle: {
    expression: 'F.normalize(input, p=2, dim=dim, eps=eps)',
    cases: [
      ...scoresAlongDim.filter(({ slots }) => slots === undefined),
      { shapes: { input: [2, 3, 4] }, options: { dim: 1, eps: 3.5 } },
      { shapes: { input: [2, 2, 1, 3, 2] }, options: { dim: 1 } },
      { slots: { input: [[0, 0, 0], [3, 4, 0], [1e-13, 1e-13, 0], [1e-12, 0, 0]] } },
      { slots: { input: [[0, 0], [3, 4], [6, 8]] }, options: { eps: 5 } },
      { slots: { input: [[0, 0], [1e-30, 1e-29]] }, options: { eps: 0 } },
      { slots: { input: [['Infinity', 1], ['NaN', 1], [1e18, 1e18], [-5, 1e-5]] } }
    ]
  }
})
