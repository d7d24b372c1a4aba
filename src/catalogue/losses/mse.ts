import { defineLoss } from '../define.js'
import { number } from '../options.js'
import { differenceLaws, predictionShapes, weightedPredictions } from '../regression.js'
import { elementwise, pair, realOnly, weighted } from '../rejections.js'

export default defineLoss({
  summary: 'Mean squared error: the squared difference of input and target',
  aliases: ['mse_loss', 'l2', 'mean_squared_error', 'squared_error'],
  family: 'pointwise',
  formula: String.raw`\ell_i = s\, w_i (x_i - y_i)^2`,
  slots: weightedPredictions,
  options: {
    scale: number('Multiplies the loss; 0.5 gives optax l2_loss').default(1)
  },
  meanByWeight: true,
  equivalents: {
    PyTorch: 'torch.nn.functional.mse_loss',
    optax: 'squared_error; l2_loss with scale 0.5',
    Keras: 'mean_squared_error',
    'scikit-learn': 'mean_squared_error',
    'TensorFlow.js': 'losses.meanSquaredError'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html'],
  notes: [
    'With weight, mean divides by the sum of the weights; weights that sum to 0 give NaN.',
    'An infinite difference gives an infinite loss and gradient; ∞ − ∞ gives NaN.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[0.5, 0.5, 2], [-1, 1, -3.5]], gradients: ['input'] },
  rejects: [...elementwise, ...realOnly, ...weighted, ['a scale in words', { ...pair, scale: 'half' }, 'invalid_request', '/scale']],
  oracle: {
    expression: 'scale * F.mse_loss(input, target, reduction="none") * (1 if weight is None else weight)',
    divisor: 'count if weight is None else weight.sum()',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { scale: 0.5 } },
      { shapes: { input: [2, 3, 4], target: [3, 1] } },
      { shapes: { input: [3, 1], target: [2, 3, 4], weight: [3, 1] }, options: { scale: 2 } },
      ...predictionShapes,
      { slots: { input: ['Infinity', '-Infinity', 'Infinity', 'NaN', 1e200], target: [1, 1, 'Infinity', 1, -1e200] } }
    ]
  },
  laws: differenceLaws
})
