import { defineLoss, float } from '../define.js'
import { binary, chances } from '../rejections.js'

export default defineLoss({
  summary: 'Binary cross entropy of probabilities',
  aliases: ['bce', 'bce_loss', 'log_loss_binary'],
  family: 'pointwise',
  formula: String.raw`\ell_i = -w_i \left( y_i \max(\ln x_i, -100) + (1 - y_i) \max(\ln (1 - x_i), -100) \right)`,
  slots: {
    input: float('(*)', 'Predicted probabilities, in [0, 1]', { integers: 'refuse', domain: 'probability' }),
    target: float('(*)', 'True probabilities, in [0, 1], in the shape of input', {
      fits: 'same', integers: 'refuse', domain: 'probability'
    }),
    weight: float('(*)', 'Multiplies the loss; stretches to the shape of target', {
      optional: true, differentiable: false, fits: 'within', integers: 'refuse', domain: 'positive'
    })
  },
  faults: { 1: '{slot} holds {value}, expected a probability in [0, 1]' },
  equivalents: {
    PyTorch: 'torch.nn.functional.binary_cross_entropy',
    Keras: 'binary_crossentropy, which clips input to [1e-7, 1 − 1e-7] instead',
    'TensorFlow.js': 'losses.logLoss, which adds 1e-7 inside the logarithms instead; metrics.binaryCrossentropy, which clips as Keras'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html'],
  notes: [
    'Each logarithm is at least −100. Its gradient does not know of that: it is (x − y)/max((1 − x)·x, 1e-12), with ' +
      'the float32 value of 1e-12.',
    'mean divides by the number of elements, whatever the weights.'
  ],
  example: {
    input: [[0.9, 0.2, 0.6], [0.1, 0.7, 0.4]], target: [[1, 0, 1], [0, 0.5, 1]], gradients: ['input', 'target']
  },
  rejects: [
    ...binary,
    ['a probability above 1', { ...chances, input: [[0.1, 1.5], [0.3, 0.4]] }, 'invalid_value', '/input/0/1'],
    ['a negative probability', { ...chances, input: [[0.1, 0.5], [-0.3, 0.4]] }, 'invalid_value', '/input/1/0'],
    ['NaN as a probability', { ...chances, input: [[0.1, 0.5], [0.3, 'NaN']] }, 'invalid_value', '/input/1/1'],
    ['a target above 1', { ...chances, target: [[0, 2], [1, 0]] }, 'invalid_value', '/target/0/1'],
    ['a negative target', { ...chances, target: [[0, 1], [1, -1]] }, 'invalid_value', '/target/1/1'],
    ['NaN as a target', { ...chances, target: [[0, 1], ['NaN', 0]] }, 'invalid_value', '/target/1/0']
  ],
  oracle: {
    expression: 'F.binary_cross_entropy(input, target, weight=weight, reduction=reduction)',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5], weight: [4, 5] } },
      { shapes: { input: [2, 3, 4], target: [2, 3, 4], weight: [3, 1] } },
      { shapes: { input: [2, 3], target: [2, 3], weight: [] } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [5001], target: [5001] } },
      { shapes: { input: [2, 1, 3, 1, 2], target: [2, 1, 3, 1, 2] } },
      { shapes: { input: [1], target: [1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { slots: { input: [0, 1, 0, 1, 1e-50, 1e-30, 0.5], target: [0, 1, 1, 0, 1, 1, 0.5] } },
      { slots: { input: [[0.3, 1], [0.5, 0]], target: [[0, 1], [1, 1]], weight: ['Infinity', -1] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
