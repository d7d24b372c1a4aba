import { defineLoss, float, index } from '../define.js'
import { ignoreIndex } from '../options.js'
import { indexed } from '../rejections.js'

export default defineLoss({
  summary: 'Negative log-likelihood of the target class, from log-probabilities',
  aliases: ['nll_loss', 'negative_log_likelihood'],
  family: 'classes',
  formula: String.raw`\ell_n = -w_{y_n} x_{n, y_n}`,
  slots: {
    input: float('(C), (N, C) or (N, C, d1, …, dK)', 'Log-probabilities of the classes', {
      integers: 'refuse', domain: 'log_probability'
    }),
    target: index('(), (N) or (N, d1, …, dK)', 'Class indices'),
    weight: float('(C)', 'Weight of each class', {
      optional: true, differentiable: false, integers: 'refuse', domain: 'positive'
    })
  },
  options: { ignore_index: ignoreIndex },
  faults: { 1: 'class index {value} is outside [0, {C})' },
  equivalents: {
    PyTorch: 'torch.nn.functional.nll_loss',
    Keras: 'sparse_categorical_crossentropy of probabilities, clipped',
    'TensorFlow.js': 'sparseCategoricalCrossentropy of probabilities, clipped'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html'],
  notes: [
    'mean divides by the sum of the weights of the targets, without those that are ignored.',
    'When everything is ignored mean is NaN and the gradient 0; when the weights sum to 0 it is NaN at the targets.',
    'Any numbers are accepted as log-probabilities; those of other classes and of ignored rows are not read.'
  ],
  example: {
    input: [[-1.2, -0.5, -2.3], [-0.1, -3, -3.5]], target: [1, 0], weight: [1, 2, 0.5], gradients: ['input']
  },
  rejects: indexed,
  oracle: {
    expression: 'F.nll_loss(input, target, weight=weight, ignore_index=ignore_index, reduction=reduction)',
    cases: [
      { shapes: { input: [4, 5], target: [4] } },
      { shapes: { input: [4, 5], target: [4], weight: [5] } },
      { shapes: { input: [5], target: [] } },
      { shapes: { input: [3, 4, 2, 5], target: [3, 2, 5], weight: [4] } },
      { shapes: { input: [3, 4, 6], target: [3, 6] }, options: { ignore_index: 1 } },
      { shapes: { input: [0, 3], target: [0] } },
      { shapes: { input: [1500, 3], target: [1500] } },
      { slots: { input: [[-1, -2], [-3, 'NaN'], ['NaN', -1]], target: [0, -100, 1] } },
      { slots: { input: [[-1, -2], [-3, -1]], target: [7, 7] }, options: { ignore_index: 7 } },
      { slots: { input: [[-1, -2], ['-Infinity', -1]], target: [0, 0], weight: [0, 1] } },
      { slots: { input: [[-1, -2], ['-Infinity', -1]], target: [1, 0], weight: [-2, 1] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
