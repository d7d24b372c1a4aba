import { z } from 'zod'
import { defineLoss, float, index, type Rejection } from '../define.js'
import { flag } from '../options.js'
import { zeros } from '../rejections.js'

/** Two samples of four frames and three classes, to be spoiled. */
const two = {
  log_probs: [
    [[-1.5, -0.5, -1.8], [-2.4, -1, -0.6]], [[-1.9, -1.8, -0.4], [-0.6, -2, -1.2]],
    [[-0.4, -1.5, -2.4], [-1.1, -0.6, -2.1]], [[-2.2, -0.7, -0.9], [-2.3, -1.6, -0.4]]
  ],
  targets: [[1, 2], [1, 1]],
  input_lengths: [4, 3],
  target_lengths: [2, 2]
}

/** The same classes, one after the other. */
const packed = { ...two, targets: [1, 2, 1, 1] }

/** One sample. */
const one = { log_probs: [[-1.2, -0.4, -2.5], [-0.3, -2.1, -1.9], [-0.9, -1.1, -1.3]] }

/** Log-probabilities that underflow, and some of more than 0. */
const extremes = [
  [[-900, -1, -700], [0, -40, -50]], [[-1e300, -2, -3], [-1e-300, -1, -1]],
  [[0.5, 1, 2], [3, -3, 0]], [[-745, -750, 0], [-1, -1, -1]]
]

const lengths: readonly Rejection[] = [
  ['input lengths that are not one for each sample', { ...two, input_lengths: [4] }, 'invalid_shape', '/input_lengths'],
  ['target lengths that are not one for each sample', { ...two, target_lengths: [2, 2, 1] }, 'invalid_shape', '/target_lengths'],
  ['one length for a batch', { ...two, input_lengths: 4 }, 'invalid_shape', '/input_lengths'],
  ['an input length with a fraction', { ...two, input_lengths: [4, 2.5] }, 'malformed_tensor', '/input_lengths/1'],
  ['a target length with a fraction', { ...two, target_lengths: [1.5, 2] }, 'malformed_tensor', '/target_lengths/0'],
  ['lengths of a float type', { ...two, input_lengths: zeros('float64', 2) }, 'invalid_dtype', '/input_lengths'],
  ['a negative input length', { ...two, input_lengths: [4, -1] }, 'invalid_value', '/input_lengths/1'],
  ['an input length beyond the frames', { ...two, input_lengths: [5, 3] }, 'invalid_value', '/input_lengths/0'],
  ['a negative target length', { ...two, target_lengths: [-1, 2] }, 'invalid_value', '/target_lengths/0'],
  ['a target length beyond the columns of targets', { ...two, target_lengths: [2, 3] }, 'invalid_value', '/target_lengths/1'],
  ['more labels one after the other than there are', { ...packed, target_lengths: [2, 3] }, 'invalid_value', '/target_lengths/1'],
  ['fewer labels one after the other than there are', { ...packed, target_lengths: [2, 1] }, 'invalid_value', '/target_lengths/1'],
  ['a label more than one sample has', { log_probs: [[-1, -1, -1]], targets: [1, 2], input_lengths: 1, target_lengths: 1 }, 'invalid_value', '/target_lengths']
]

export default defineLoss({
  summary: 'Connectionist temporal classification: −ln of the probability of all alignments of frames with labels',
  aliases: ['ctc_loss'],
  family: 'sequences',
  formula: String.raw`\ell_n = -\ln \sum_{\pi \in \mathcal{B}^{-1}(y_n)} \prod_{t < T_n} e^{x_{t, n, \pi_t}}`,
  slots: {
    log_probs: float('(T, N, C) or (T, C)', 'Log-probabilities of the classes in every frame', {
      domain: 'log_probability', through: 'log_softmax'
    }),
    targets: index('(N, S); or one dimension, one sample after the other', 'Labels; beyond a sample’s length anything may stand', {
      domain: 'label', classesOf: ['log_probs', -1]
    }),
    input_lengths: index('(N), or () for one sample', 'Number of frames of each sample', {
      domain: 'length', classesOf: ['log_probs', 0]
    }),
    target_lengths: index('(N), or () for one sample', 'Number of labels of each sample', {
      domain: 'length', classesOf: ['targets', -1]
    })
  },
  options: {
    blank: z.int().default(0).describe('Class that stands for no label'),
    zero_infinity: flag('Make a loss of +∞ and its gradient 0, before the reduction')
  },
  faults: {
    1: 'label {value} is outside [0, {C})',
    2: 'label {value} is the blank, which is no label',
    3: 'input length {value} is negative, or more than the frames of log_probs',
    4: 'target length {value} is negative',
    5: 'target length {value} is more than targets has room for',
    6: 'with target length {value} the target lengths sum to less than the number of labels in targets'
  },
  equivalents: {
    PyTorch: 'torch.nn.functional.ctc_loss',
    optax: 'ctc_loss, and the loss of ctc_loss_with_forward_probs, of logits, with paddings instead of lengths',
    Keras: 'ctc, of logits, with labels padded by 0, the blank'
  },
  references: [
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.ctc_loss.html',
    'https://www.cs.toronto.edu/~graves/icml_2006.pdf'
  ],
  notes: [
    'The gradient is that with respect to the logits whose log_softmax the log-probabilities are, as in PyTorch: the ' +
      'probability of every class less its share in all alignments, summing to 0 over the classes. It is not the partial derivative.',
    'mean divides each loss by its number of labels, at least 1, and then by N: no single divisor exists, and sum and divisor are ' +
      'left out. batchmean divides by N alone.',
    'Between equal labels that follow each other an alignment needs a blank. Where frames do not suffice for the labels, or every ' +
      'alignment has the probability 0, the loss is +∞ and the gradient NaN in the frames of the sample; zero_infinity makes both 0.',
    'A sample without frames has the loss 0 if it has no labels, else +∞, and the gradient 0; so have frames beyond its length.',
    'Log-probability −∞ of a class that the sample does not have leaves the loss and makes the gradient NaN there.',
    'Log-probabilities are not checked: unnormalised ones go through the formula.'
  ],
  example: { ...two, gradients: ['log_probs'] },
  rejects: [
    ...lengths,
    ['a blank beyond the classes', { ...two, blank: 3 }, 'invalid_option', '/blank'],
    ['a negative blank', { ...two, blank: -1 }, 'invalid_option', '/blank'],
    ['a blank with a fraction', { ...two, blank: 0.5 }, 'invalid_request', '/blank'],
    ['a label beyond the classes', { ...two, targets: [[1, 2], [3, 1]] }, 'invalid_value', '/targets/1/0'],
    ['a negative label', { ...packed, targets: [1, 2, 1, -1] }, 'invalid_value', '/targets/3'],
    ['a label that is the blank', { ...two, targets: [[1, 0], [1, 1]] }, 'invalid_value', '/targets/0/1'],
    ['a label with a fraction', { ...two, targets: [[1, 1.5], [1, 1]] }, 'malformed_tensor', '/targets/0/1'],
    ['labels of a float type', { ...two, targets: zeros('float64', 2, 2) }, 'invalid_dtype', '/targets'],
    ['targets of another batch size', { ...two, targets: [[1, 2]] }, 'invalid_shape', '/targets'],
    ['a single label without an axis', { ...two, targets: 1 }, 'invalid_shape', '/targets'],
    ['log-probabilities of one axis', { ...two, log_probs: [-1, -1] }, 'invalid_shape', '/log_probs'],
    ['log-probabilities of four axes', { ...two, log_probs: [two.log_probs] }, 'invalid_shape', '/log_probs'],
    ['no frames', { ...two, log_probs: { shape: [0, 2, 3], data: [] } }, 'invalid_shape', '/log_probs'],
    ['no samples', {
      log_probs: { shape: [2, 0, 3], data: [] }, targets: { shape: [0, 2], data: [] }, input_lengths: [], target_lengths: []
    }, 'invalid_shape', '/log_probs'],
    ['the gradient of targets', { ...two, gradients: ['targets'] }, 'not_differentiable', '/gradients/0'],
    ['the gradient of a length', { ...two, gradients: ['input_lengths'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'F.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=blank, zero_infinity=zero_infinity, reduction=reduction)',
    cases: [
      { shapes: { log_probs: [10, 3, 5], targets: [3, 4], input_lengths: [3], target_lengths: [3] } },
      { shapes: { log_probs: [8, 2, 4], targets: [2, 3], input_lengths: [2], target_lengths: [2] }, options: { blank: 3 } },
      { shapes: { log_probs: [9, 1, 3], targets: [1, 3], input_lengths: [1], target_lengths: [1] }, options: { zero_infinity: true } },
      { shapes: { log_probs: [50, 3, 15], targets: [3, 12], input_lengths: [3], target_lengths: [3] } },
      { shapes: { log_probs: [7, 2, 9], targets: [2, 2], input_lengths: [2], target_lengths: [2] } },
      { slots: two },
      { slots: { ...two, targets: [1, 2, 2], target_lengths: [1, 2] } },
      { slots: { ...two, targets: [[2, -7, 99], [1, 0, 1]], target_lengths: [1, 1], input_lengths: [1, 4] } },
      { slots: { ...one, targets: [2, 1], input_lengths: 3, target_lengths: 2 } },
      { slots: { ...one, targets: [[0, 5]], input_lengths: [2], target_lengths: [1] }, options: { blank: 1 } },
      { slots: { ...two, input_lengths: [4, 2] } },
      { slots: { ...two, input_lengths: [4, 2] }, options: { zero_infinity: true } },
      { slots: { ...two, input_lengths: [0, 1], target_lengths: [0, 2] } },
      { slots: { ...two, input_lengths: [0, 1], target_lengths: [1, 2] }, options: { zero_infinity: true } },
      { slots: { ...two, target_lengths: [0, 0] } },
      { slots: { ...two, targets: { shape: [2, 0], data: [] }, target_lengths: [0, 0] } },
      { slots: { ...two, targets: { shape: [0], data: [] }, target_lengths: [0, 0] } },
      {
        slots: {
          log_probs: [
            [[-0.5, -1, '-Infinity'], [-0.5, -1, -1]], [[-0.4, '-Infinity', -1.1], [-0.7, 'NaN', -0.7]],
            [['-Infinity', -0.2, -1.7], [-0.5, -1, -3]]
          ],
          targets: [[1, 1], [2, 2]],
          input_lengths: [3, 3],
          target_lengths: [1, 1]
        }
      },
      {
        slots: {
          log_probs: [[[-0.5, '-Infinity', -1], [-0.5, -1, -1]], [[-0.4, '-Infinity', -1.1], [-0.7, -0.7, 'NaN']]],
          targets: [[1], [1]],
          input_lengths: [2, 2],
          target_lengths: [1, 1]
        },
        options: { zero_infinity: true }
      },
      { slots: { ...two, log_probs: extremes } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
