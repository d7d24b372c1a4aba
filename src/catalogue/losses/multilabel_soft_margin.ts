import { defineLoss, float } from '../define.js'
import { pair } from '../rejections.js'

export default defineLoss({
  summary: 'Binary cross entropy of the logits of several labels, averaged over the last axis',
  aliases: ['multilabel_soft_margin_loss'],
  family: 'labels',
  formula: String.raw`\ell = -\frac{1}{C} \sum_c w_c \left( y_c \ln \sigma(x_c) + (1 - y_c) \ln \sigma(-x_c) \right)`,
  slots: {
    input: float('(…, C)', 'Logits of the labels'),
    target: float('(…, C)', 'Whether each label holds, 0 or 1, or its probability; broadcasts with input', { domain: 'binary' }),
    weight: float('(…, C)', 'Weight of each label; broadcasts with input', { optional: true, domain: 'positive' })
  },
  equivalents: {
    PyTorch: 'torch.nn.functional.multilabel_soft_margin_loss',
    optax: 'sigmoid_binary_cross_entropy, averaged over the last axis',
    Keras: 'binary_crossentropy with from_logits=True',
    'TensorFlow.js': 'losses.sigmoidCrossEntropy'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_soft_margin_loss.html'],
  notes: [
    'C is the length of input\'s last axis, also where that is 1 and stretches; weights never enter what the loss or mean divide by.',
    'The axis that is summed over is counted from the front, as in PyTorch: where target or weight have more axes than ' +
      'input it is not the last.',
    'Targets are not checked. A logit of ±∞ gives NaN where it is right, else ∞; any finite one is fine.',
    'No labels give NaN for each example.'
  ],
  example: {
    input: [[1, -0.5, 2], [0, 3, -1]], target: [[1, 0, 1], [0, 1, 0.5]], weight: [1, 2, 0.5], gradients: ['input', 'weight']
  },
  rejects: [
    ['a scalar input', { ...pair, input: 1 }, 'invalid_shape', '/input'],
    ['shapes that do not broadcast', { ...pair, target: [[1, 0], [0, 1]] }, 'invalid_shape', '/target'],
    ['a weight that does not broadcast', { ...pair, weight: [1, 2] }, 'invalid_shape', '/weight'],
    ['the gradient of a weight that was left out', { ...pair, gradients: ['weight'] }, 'not_differentiable', '/gradients/0']
  ],
  oracle: {
    expression: 'F.multilabel_soft_margin_loss(input, target, weight=weight, reduction=reduction)',
    library: {
      name: 'optax',
      expression: 'optax.losses.sigmoid_binary_cross_entropy(jnp.asarray(input), jnp.asarray(target)).mean(-1)',
      gradients: true,
      when: 'weight is None and input.shape == target.shape and input.size > 0'
    },
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5], weight: [5] } },
      { shapes: { input: [4, 5], target: [5], weight: [4, 1] } },
      { shapes: { input: [6], target: [6], weight: [] } },
      { shapes: { input: [4, 1], target: [4, 5], weight: [4, 5] } },
      { shapes: { input: [4, 5], target: [3, 1, 5], weight: [5] } },
      { shapes: { input: [3], target: [2, 3], weight: [2, 1] } },
      { shapes: { input: [2, 1, 3, 2, 4], target: [2, 2, 3, 1, 4], weight: [3, 2, 1] } },
      { shapes: { input: [2, 3], target: [2, 3], weight: [2, 2, 3] } },
      { shapes: { input: [4, 1], target: [4, 1] } },
      { shapes: { input: [0, 3], target: [0, 3], weight: [3] } },
      { slots: { input: { shape: [3, 0], data: [] }, target: { shape: [3, 0], data: [] } } },
      { shapes: { input: [3, 701], target: [3, 701] } },
      { slots: { input: [[800, -800, 0], [-800, 800, 1e300]], target: [[1, 0, 0.5], [1, 0, 0]], weight: [1, -2, 0] } },
      { slots: { input: [['Infinity', 1], ['-Infinity', 1], ['Infinity', 1], ['NaN', 1]], target: [[1, 1], [1, 1], [0.5, 2], [0, -1]] } },
      { slots: { input: [[1, 2], [1, -1]], target: [['NaN', 1], [0.25, 0.75]], weight: [[2, 1], ['NaN', 3]] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
