import { defineLoss } from '../define.js'
import { differenceLaws, predictionShapes, weightedPredictions } from '../regression.js'
import { elementwise, realOnly, weighted } from '../rejections.js'

export default defineLoss({
  summary: 'Mean absolute error: the absolute difference of input and target',
  aliases: ['l1_loss', 'mae', 'mean_absolute_error', 'absolute_difference'],
  family: 'pointwise',
  formula: String.raw`\ell_i = w_i \lvert x_i - y_i \rvert`,
  slots: weightedPredictions,
  meanByWeight: true,
  equivalents: {
    PyTorch: 'torch.nn.functional.l1_loss',
    Keras: 'mean_absolute_error',
    'scikit-learn': 'mean_absolute_error',
    'TensorFlow.js': 'losses.absoluteDifference; metrics.meanAbsoluteError'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html'],
  notes: [
    'With weight, mean divides by the sum of the weights; weights that sum to 0 give NaN.',
    'The gradient is 0 where input and target are equal, and where their difference is NaN.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[0.5, 0.5, 2], [-1, 1, -3.5]], gradients: ['input'] },
  rejects: [...elementwise, ...realOnly, ...weighted],
  oracle: {
    expression: 'F.l1_loss(input, target, reduction="none") * (1 if weight is None else weight)',
    divisor: 'count if weight is None else weight.sum()',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [2, 3, 4], target: [3, 1] } },
      { shapes: { input: [3, 1], target: [2, 3, 4], weight: [3, 1] } },
      ...predictionShapes,
      { slots: { input: ['Infinity', '-Infinity', 'Infinity', 'NaN', 1e308, 2], target: [1, 1, 'Infinity', 1, -1e308, 2] } },
      { slots: { input: [1, 2], target: [2, 4], weight: [1, -1] } }
    ]
  },
  laws: differenceLaws
})
