import { z } from 'zod'
import { defineLoss, float } from '../define.js'

const couples = { input1: [[1, 2, 3], [4, 5, 6]], input2: [[1, 0, 3], [4, -5, 6]], target: [1, -1] }

export default defineLoss({
  summary: 'Cosine embedding: 1 − cos of the pairs labelled 1, the cosine beyond a margin of those labelled −1',
  aliases: ['cosine_embedding_loss'],
  family: 'couples',
  formula: String.raw`\ell = \begin{cases} 1 - c & y = 1 \\ \max(0, c - m) & y = -1 \\ 0 & \text{otherwise} \end{cases}, ` +
    String.raw`\quad c = \frac{\sum_k a_k b_k}{\sqrt{(\sum_k a_k^2 + 10^{-12}) (\sum_k b_k^2 + 10^{-12})}}`,
  slots: {
    input1: float('(N, D) or (D)', 'Vectors'),
    input2: float('(N, D) or (D)', 'Vectors, as many'),
    target: float('(N) or ()', 'Labels: 1 for pairs that belong together, −1 for others', { differentiable: false, domain: 'sign' })
  },
  options: {
    margin: z.number().default(0).describe('Cosine up to which pairs labelled −1 cost nothing; −1 to 1 makes sense')
  },
  equivalents: { PyTorch: 'torch.nn.functional.cosine_embedding_loss' },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_embedding_loss.html'],
  notes: [
    'A pair with any other label costs 0 and has the gradient 0, whatever its vectors hold (PyTorch\'s gradient is NaN where they hold NaN).',
    'To each squared norm the float32 number 1e-12 is added: a zero vector has cosine 0, and a large gradient.',
    'Where the cosine is the margin, the gradient passes.',
    'Squared norms are multiplied in float64 for both precisions. PyTorch\'s float32 overflows where the product of the norms is ' +
      'beyond 1.8e19, and there calls vectors unrelated that are the same; this service does so beyond 1e154.'
  ],
  example: { input1: [[1, 2], [0.5, -1], [0, 1]], input2: [[2, 1], [1, 0], [-1, 1]], target: [1, -1, -1], margin: 0.2, gradients: ['input1'] },
  rejects: [
    ['numbers of pairs that differ', { ...couples, input2: [[1, 0, 3]] }, 'invalid_shape', '/input2'],
    ['vectors of different lengths', { ...couples, input2: [[1, 0], [0, 1]] }, 'invalid_shape', '/input2'],
    ['vectors with three axes', { input1: [[[1]]], input2: [[[1]]], target: [1] }, 'invalid_shape', '/input1'],
    ['scalars for vectors', { input1: 1, input2: 1, target: 1 }, 'invalid_shape', '/input1'],
    ['a target for other pairs', { ...couples, target: [1, -1, 1] }, 'invalid_shape', '/target'],
    ['one label for several pairs', { ...couples, target: 1 }, 'invalid_shape', '/target'],
    ['several labels for one pair', { input1: [1, 2], input2: [1, 0], target: [1] }, 'invalid_shape', '/target'],
    ['the gradient of target', { ...couples, gradients: ['target'] }, 'not_differentiable', '/gradients/0'],
    ['a margin in words', { ...couples, margin: 'none' }, 'invalid_request', '/margin']
  ],
  oracle: {
    expression: 'F.cosine_embedding_loss(input1, input2, target, margin=margin, reduction=reduction)',
    cases: [
      { shapes: { input1: [4, 5], input2: [4, 5], target: [4] } },
      { shapes: { input1: [7, 3], input2: [7, 3], target: [7] }, options: { margin: 0.25 } },
      { shapes: { input1: [6, 4], input2: [6, 4], target: [6] }, options: { margin: -0.5 } },
      { shapes: { input1: [5], input2: [5], target: [] } },
      { shapes: { input1: [1, 1], input2: [1, 1], target: [1] }, options: { margin: 2 } },
      { shapes: { input1: [0, 3], input2: [0, 3], target: [0] } },
      { shapes: { input1: [3, 0], input2: [3, 0], target: [3] } },
      { shapes: { input1: [2, 1005], input2: [2, 1005], target: [2] }, options: { margin: -1 } },
      { slots: { input1: [[0, 0], [1, 2], [0, 0], [1e-6, 0]], input2: [[1, 2], [0, 0], [0, 0], [1e-6, 0]], target: [1, 1, 1, 1] } },
      { slots: { input1: [[0, 0], [1, 2], [0, 0], [1e-6, 0]], input2: [[1, 2], [0, 0], [0, 0], [1e-6, 0]], target: [-1, -1, -1, -1] } },
      { slots: { input1: [[1, 2], [3, 4], [1, 2], [1, 1]], input2: [[1, 2], [-3, -4], [2, 4.000001], [1, 0]], target: [1, 1, 1, 0] } },
      { slots: { input1: [[1, 0], [1, 0], [0, 1]], input2: [[0, 1], [0, 1], [0, -1]], target: [-1, 1, -1] } },
      { slots: { input1: [['NaN', 1], ['NaN', 1], [1, 1]], input2: [[1, 1], [1, 1], ['NaN', 0]], target: [1, -1, -1] } },
      { slots: { input1: [['Infinity', 1], [1e100, 0], [1e-100, 0]], input2: [[1, 1], [1e100, 0], [1e100, 0]], target: [1, 1, 1] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'at_most', bound: 2 }, { law: 'symmetric', slots: ['input1', 'input2'] }]
})
