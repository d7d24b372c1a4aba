import { defineLoss, float } from '../define.js'
import { binary, stretching } from '../rejections.js'

export default defineLoss({
  summary: 'Binary cross entropy of logits, which go through the sigmoid first',
  aliases: ['bce_with_logits', 'sigmoid_cross_entropy', 'sigmoid_binary_cross_entropy'],
  family: 'pointwise',
  formula: String.raw`\ell_i = w_i \left( (1 - y_i) x_i - (1 + (p_i - 1) y_i) \ln \sigma(x_i) \right)`,
  slots: {
    input: float('(*)', 'Logits', { integers: 'refuse' }),
    target: float('(*)', 'True probabilities, in the shape of input', {
      fits: 'same', integers: 'refuse', domain: 'probability'
    }),
    weight: float('(*)', 'Multiplies the loss; stretches to the shape of input', {
      optional: true, differentiable: false, fits: 'within', integers: 'refuse', domain: 'positive'
    }),
    pos_weight: float('(*)', 'Multiplies the part of the positive class; stretches to the shape of input', {
      optional: true, differentiable: false, fits: 'within', integers: 'refuse', domain: 'positive'
    })
  },
  equivalents: {
    PyTorch: 'torch.nn.functional.binary_cross_entropy_with_logits',
    optax: 'sigmoid_binary_cross_entropy',
    Keras: 'binary_crossentropy(from_logits=True)',
    'TensorFlow.js': 'losses.sigmoidCrossEntropy'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html'],
  notes: [
    'Targets outside [0, 1] are accepted; the loss may then be negative.',
    'mean divides by the number of elements, whatever the weights.',
    'A logit of +∞ gives NaN at target 1 and ∞ below; −∞ gives NaN. The gradients there are finite.',
    'For data of shape (N, C), a pos_weight of shape (C) is per class; for (N, C, H, W) it has the shape (C, 1, 1).'
  ],
  example: {
    input: [[1.5, -2, 0.3], [0, 3, -1]], target: [[1, 0, 1], [0, 1, 0.5]], pos_weight: [2, 1, 0.5], gradients: ['input']
  },
  rejects: [...binary, ...stretching('pos_weight')],
  oracle: {
    expression: 'F.binary_cross_entropy_with_logits(input, target, weight=weight, pos_weight=pos_weight, reduction=reduction)',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5], weight: [4, 5] } },
      { shapes: { input: [2, 3, 4], target: [2, 3, 4], weight: [3, 1], pos_weight: [4] } },
      { shapes: { input: [2, 3], target: [2, 3], pos_weight: [] } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [5001], target: [5001], pos_weight: [1] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      {
        slots: {
          input: ['Infinity', 'Infinity', '-Infinity', '-Infinity', '-Infinity', 'NaN', 800, -800, 800, -800],
          target: [1, 0.5, 1, 0.5, 0, 0.5, 1, 0, 0, 1]
        }
      },
      {
        slots: {
          input: ['Infinity', '-Infinity', '-Infinity', 3, -4, 40], target: [0.5, 2, 0.5, -1, 2, 1], pos_weight: [2, 0, 3, 3, 0.5, 4]
        }
      },
      { slots: { input: ['Infinity', 1], target: [0, 1], weight: [0, 'Infinity'] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
