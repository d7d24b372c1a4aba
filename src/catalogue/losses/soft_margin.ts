import { defineLoss, float } from '../define.js'
import { pair, zeros } from '../rejections.js'

export default defineLoss({
  summary: 'Soft margin: the logistic loss of scores and labels ±1',
  aliases: ['soft_margin_loss', 'logistic_loss'],
  family: 'elements',
  formula: String.raw`\ell_i = \ln(1 + e^{-y_i x_i})`,
  slots: {
    input: float('(*)', 'Scores'),
    target: float('(*)', 'Labels, −1 or 1; stretches to the shape of input', {
      fits: 'within', differentiable: false, domain: 'sign'
    })
  },
  equivalents: {
    PyTorch: 'torch.nn.functional.soft_margin_loss',
    optax: 'sigmoid_binary_cross_entropy of labels (y + 1)/2',
    Keras: 'binary_crossentropy(from_logits=True) of labels (y + 1)/2',
    'TensorFlow.js': 'losses.sigmoidCrossEntropy of labels (y + 1)/2'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.soft_margin_loss.html'],
  notes: [
    'It does not overflow: where −yx is above 709 (float32: 88) the loss is −yx and the gradient −y; PyTorch gives ∞ and NaN there.',
    'Labels 0 and fractions are taken as they are: y = 0 gives ln 2 without a gradient.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[1, -1, 1], [-1, 1, -1]], gradients: ['input'] },
  rejects: [
    ['a target that does not stretch to input', { ...pair, target: [1, 2] }, 'invalid_shape', '/target'],
    ['an input that would have to stretch to target', { input: [1, 2, 3], target: pair.target }, 'invalid_shape', '/target'],
    ['the gradient of target', { ...pair, gradients: ['target'] }, 'not_differentiable', '/gradients/0'],
    ['complex tensors', { ...pair, input: zeros('complex64', 2, 3) }, 'malformed_tensor', '/input/dtype']
  ],
  oracle: {
    expression: 'soft_margin(input, target)',
    cases: [
      { shapes: { input: [3, 2], target: [3, 2] } },
      { shapes: { input: [4], target: [1] } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [2, 3, 2], target: [3, 1] } },
      { shapes: { input: [2, 1, 2, 1, 2], target: [] } },
      { shapes: { input: [1, 1, 3, 2], target: [2] } },
      { shapes: { input: [0, 3], target: [3] } },
      { shapes: { input: [3, 0], target: [3, 1] } },
      { shapes: { input: [2100], target: [2100] } },
      { slots: { input: [0, 1, -1, 0.5, 1e-300, -1e-12], target: [1, 0, 0.5, -3, 1, -1] } },
      { slots: { input: [-40, 40, -800, 800, 720, -89], target: [1, 1, 1, 1, -1, 1] } },
      { slots: { input: ['Infinity', '-Infinity', 'Infinity', 'NaN', 1, 'Infinity'], target: [1, 1, -1, 1, 'NaN', 0] } },
      { slots: { input: [1e300, -1e300, 1e-300, 1e300], target: [-1, 1e300, -1, -1e-300] } }
    ]
  },
  laws: [{ law: 'non_negative' }]
})
