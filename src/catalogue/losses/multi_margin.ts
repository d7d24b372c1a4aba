import { z } from 'zod'
import { defineLoss, float, index } from '../define.js'
import { number } from '../options.js'
import { labelled, scores, zeros } from '../rejections.js'

export default defineLoss({
  summary: 'Multi-class margin loss: by how much other classes come within a margin of the target class, summed over them',
  aliases: ['multi_margin_loss'],
  family: 'margins',
  formula: String.raw`\ell = \frac{1}{C} \sum_{c \neq y} w_y \max(0, m - x_y + x_c)^p`,
  slots: {
    input: float('(C) or (N, C)', 'Scores of the classes', { integers: 'refuse' }),
    target: index('() or (1) for (C), (N) for (N, C)', 'Class indices', { classesOf: ['input', -1] }),
    weight: float('(C)', 'Weight of each class as the target', {
      optional: true, differentiable: false, integers: 'refuse', domain: 'positive'
    })
  },
  options: {
    p: z.literal([1, 2]).default(1).describe('Power of what lies within the margin: 1 or 2'),
    margin: number('Margin, of any sign').default(1)
  },
  faults: { 1: 'class index {value} is outside [0, {C})' },
  equivalents: { PyTorch: 'torch.nn.functional.multi_margin_loss' },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multi_margin_loss.html'],
  notes: [
    'mean divides by the number of vectors, whatever the weights; the weight multiplies after the power.',
    'The loss has the shape of the target. A scalar input is one class, and its loss 0.',
    'Where m − x_y + x_c is 0 the gradient is 0; where it is NaN it is left out, so that NaN scores do not show.',
    'Of no vectors the mean is NaN and the sum 0, where PyTorch returns uninitialised memory.'
  ],
  example: { input: [[0.1, 0.2, 0.4, 0.8], [1, 0, 2, -1]], target: [3, 0], gradients: ['input'] },
  rejects: [
    ...labelled,
    ['an input of three axes', { input: [[[1, 2]]], target: [0] }, 'invalid_shape', '/input'],
    ['rows of no classes', { input: { shape: [2, 0], data: [] }, target: [0, 0] }, 'invalid_shape', '/input'],
    ['several indices for one row of scores', { input: [1, 2, 3], target: [0, 1] }, 'invalid_shape', '/target'],
    ['a weight that is not one for each class', { ...scores, weight: [1, 2] }, 'invalid_shape', '/weight'],
    ['a weight with two axes', { ...scores, weight: [[1, 2, 3]] }, 'invalid_shape', '/weight'],
    ['an integer input', { ...scores, input: zeros('int64', 2, 3) }, 'invalid_dtype', '/input'],
    ['an integer weight', { ...scores, weight: zeros('int64', 3) }, 'invalid_dtype', '/weight'],
    ['the gradient of weight', { ...scores, weight: [1, 2, 3], gradients: ['weight'] }, 'not_differentiable', '/gradients/0'],
    ['another power', { ...scores, p: 3 }, 'invalid_option', '/p'],
    ['a power of another type', { ...scores, p: '1' }, 'invalid_request', '/p']
  ],
  oracle: {
    expression: 'F.multi_margin_loss(input, target, p=p, margin=margin, weight=weight, reduction="none")',
    cases: [
      { shapes: { input: [4, 5], target: [4] } },
      { shapes: { input: [4, 5], target: [4] }, options: { p: 2 } },
      { shapes: { input: [4, 5], target: [4], weight: [5] } },
      { shapes: { input: [4, 6], target: [4], weight: [6] }, options: { p: 2, margin: 0.7 } },
      { shapes: { input: [5], target: [] }, options: { margin: -0.5 } },
      { shapes: { input: [5], target: [1], weight: [5] } },
      { slots: { input: [[1, 0.5, -1, 1.25, 2]], target: 3 } },
      { slots: { input: 0.3, target: 0 } },
      { slots: { input: 0.3, target: [0], weight: [2] } },
      { shapes: { input: [4, 1], target: [4] } },
      { shapes: { input: [0, 3], target: [0] } },
      { shapes: { input: [2, 1001], target: [2] }, options: { p: 2, margin: 3 } },
      { slots: { input: [[2, 1, 0], [1, 0, 2], [0, 0, 0]], target: [0, 0, 1] } },
      { slots: { input: [[2, 1, 0], [1, 0, 2], [0, 0, 0]], target: [0, 0, 1] }, options: { p: 2, margin: 0 } },
      { slots: { input: [[1, 'NaN', 3], ['NaN', 1, 2], ['Infinity', 1, 2], ['-Infinity', 1, 2], [1, 2, 'Infinity']], target: [0, 0, 0, 0, 1] } },
      { slots: { input: [[1, 2, 3], [3, 1, 2]], target: [0, 1], weight: ['NaN', -2, 0] } },
      { slots: { input: [[3, 1, 1], [1, 2, 3]], target: [0, 2], weight: ['NaN', 1, 0] } },
      { slots: { input: [[1e300, -1e300, 1], [1e-300, -1e-300, 0], [1e16, 1e16, 1]], target: [1, 0, 2] } },
      { slots: { input: [[1e300, -1e300, 1], [1e-300, -1e-300, 0]], target: [1, 0] }, options: { p: 2 } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['input'] }]
})
