import { z } from 'zod'
import { defineTransform, index } from '../define.js'
import { zeros } from '../rejections.js'

export default defineTransform({
  summary: 'One-hot vectors of labels: 1 at the label, 0 elsewhere, as int64',
  family: 'encoding',
  formula: String.raw`y_{ic} = [c = l_i]`,
  slots: {
    labels: index('(*)', 'Labels, at least 0')
  },
  options: {
    num_classes: z.int().default(-1).describe('Length of the vectors; -1 takes one more than the greatest label')
  },
  parameters: () => [],
  kernels: ['one_hot_greatest'],
  faults: {
    1: 'label {value} is negative',
    2: 'label {value} is outside [0, {num_classes})'
  },
  equivalents: {
    PyTorch: 'torch.nn.functional.one_hot',
    optax: 'jax.nn.one_hot',
    Keras: 'ops.one_hot',
    'TensorFlow.js': 'oneHot'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html'],
  notes: [
    'Any integer type is taken as a label, where PyTorch insists on int64; the answer is int64.'
  ],
  example: { labels: [0, 2, 1] },
  rejects: [
    ['a negative label', { labels: [0, -1] }, 'invalid_value', '/labels/1'],
    ['a negative label beside a number of classes', { labels: [0, -1], num_classes: 3 }, 'invalid_value', '/labels/1'],
    ['a label beyond the classes', { labels: [0, 3], num_classes: 3 }, 'invalid_value', '/labels/1'],
    ['no classes', { labels: [0], num_classes: 0 }, 'invalid_value', '/labels/0'],
    ['no classes and no labels', { labels: [], num_classes: 0 }, 'invalid_option', '/num_classes'],
    ['less than no classes', { labels: [0], num_classes: -2 }, 'invalid_option', '/num_classes'],
    ['less than no classes and no labels', { labels: [], num_classes: -2 }, 'invalid_option', '/num_classes'],
    ['no labels to infer from', { labels: [] }, 'invalid_option', '/num_classes'],
    ['a num_classes with a fraction', { labels: [0], num_classes: 1.5 }, 'invalid_request', '/num_classes'],
    ['labels with a fraction', { labels: [0.5] }, 'malformed_tensor', '/labels/0'],
    ['labels of a float type', { labels: zeros('float64', 2) }, 'invalid_dtype', '/labels'],
    ['the gradient of labels', { labels: [0], gradients: ['labels'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'F.one_hot(labels, num_classes)',
    cases: [
      { shapes: { labels: [6] } },
      { shapes: { labels: [3, 4] } },
      { shapes: { labels: [3, 4] }, options: { num_classes: 7 } },
      { shapes: { labels: [] } },
      { shapes: { labels: [0] }, options: { num_classes: 3 } },
      { shapes: { labels: [2, 0] }, options: { num_classes: 4 } },
      { shapes: { labels: [1500] }, options: { num_classes: 5 } },
      { shapes: { labels: [2, 1, 3, 1, 2] } },
      { shapes: { labels: [2, 3, 2] }, options: { num_classes: 6 } },
      { shapes: { labels: [1, 1] }, options: { num_classes: 5 } },
      { shapes: { labels: [0, 2] }, options: { num_classes: 1 } },
      { shapes: { labels: [17] }, options: { num_classes: 17 } },
      { slots: { labels: 0 } },
      { slots: { labels: [[[2, 0], [1, 1]]] }, options: { num_classes: 3 } },
      { slots: { labels: [0, 0, 0] } },
      { slots: { labels: [[4], [0]] } },
      { slots: { labels: [1, 0] }, options: { num_classes: 2 } },
      { slots: { labels: [0, 2, 1] } },
      { slots: { labels: [5] } },
      { slots: { labels: 3 }, options: { num_classes: 4 } }
    ]
  }
})
