import { defineLoss, float, index } from '../define.js'
import { zeros } from '../rejections.js'

const listed = { input: [[0.1, 0.2, 0.4, 0.8], [1, 0, 2, -1]], target: [[3, 0, -1, 1], [1, 1, -1, 0]] }

export default defineLoss({
  summary: 'Multi-label margin loss: by how much classes that are not listed come within 1 of those that are, over all pairs',
  aliases: ['multilabel_margin_loss'],
  family: 'multilabel',
  formula: String.raw`\ell = \frac{1}{C} \sum_{j \in J} \sum_{c \notin J} \max(0, 1 - x_j + x_c)`,
  slots: {
    input: float('(C) or (N, C)', 'Scores of the classes', { integers: 'refuse' }),
    target: index('(C) or (N, C)', 'Indices of the classes in J up to the first −1, in the shape of input', { classesOf: ['input', -1] })
  },
  faults: { 1: 'class index {value} is outside [0, {C}), and not -1' },
  equivalents: { PyTorch: 'torch.nn.functional.multilabel_margin_loss' },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_margin_loss.html'],
  notes: [
    'What follows the first −1 of a row is ignored, but must be −1 or a class.',
    'A class that is listed twice counts twice. The loss is 0 where no class is listed, or every class is.',
    'Where 1 − x_j + x_c is 0 the gradient is 0; where it is NaN it is left out, so that NaN scores do not show.',
    'A scalar input is one class. Of no vectors the mean is NaN and the sum 0, where PyTorch returns uninitialised memory.',
    'The time grows with the number of different classes listed times C.'
  ],
  example: { ...listed, gradients: ['input'] },
  rejects: [
    ['an index beyond the classes', { ...listed, target: [[3, 4, -1, 1], [1, 1, -1, 0]] }, 'invalid_value', '/target/0/1'],
    ['an index beyond the classes behind the first −1', { ...listed, target: [[3, 0, -1, 1], [1, -1, 0, 9]] }, 'invalid_value', '/target/1/3'],
    ['an index below −1', { ...listed, target: [[-2, 0, -1, 1], [1, 1, -1, 0]] }, 'invalid_value', '/target/0/0'],
    ['an index with a fraction', { ...listed, target: [[0.5, 0, -1, 1], [1, 1, -1, 0]] }, 'malformed_tensor', '/target/0/0'],
    ['shapes that differ', { ...listed, target: [3, 0] }, 'invalid_shape', '/target'],
    ['an input of three axes', { input: [[[1, 2]]], target: [[[0, -1]]] }, 'invalid_shape', '/input'],
    ['rows of no classes', { input: { shape: [2, 0], data: [] }, target: { shape: [2, 0], data: [] } }, 'invalid_shape', '/input'],
    ['an integer input', { ...listed, input: zeros('int64', 2, 4) }, 'invalid_dtype', '/input'],
    ['a float target', { ...listed, target: zeros('float64', 2, 4) }, 'invalid_dtype', '/target'],
    ['the gradient of class indices', { ...listed, gradients: ['target'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'F.multilabel_margin_loss(input, target, reduction="none")',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [3, 8], target: [3, 8] } },
      { shapes: { input: [4, 1], target: [4, 1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [3, 700], target: [3, 700] } },
      { slots: { input: 0.3, target: 0 } },
      { slots: { input: [0.1, 0.2, 0.4, 0.8], target: [3, 0, -1, 1] } },
      { slots: { input: [[0.1, 0.2, 0.4, 0.8], [1, 0, 2, -1]], target: [[3, 0, -1, 1], [1, 1, -1, 0]] } },
      { slots: { input: [[0.1, 0.2, 0.4], [1, 0, 2], [3, 1, 2]], target: [[-1, 0, 1], [2, 0, 1], [-1, -1, -1]] } },
      { slots: { input: [[2, 1, 3, 1], [0, 0, 1, -1]], target: [[0, -1, -1, -1], [0, 3, 0, -1]] } },
      {
        slots: {
          input: [[1, 'NaN', 3], ['NaN', 1, 2], ['Infinity', 1, 2], ['-Infinity', 1, 2], [1, 2, 'Infinity']],
          target: [[0, -1, 0], [0, -1, 0], [0, 1, -1], [0, -1, 0], [1, -1, 0]]
        }
      },
      { slots: { input: [[1e300, -1e300, 1], [1e-300, -1e-300, 0], [1e16, 1e16, 1]], target: [[1, -1, 0], [0, 2, -1], [2, -1, 0]] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['input'] }]
})
