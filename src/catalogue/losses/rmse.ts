import { defineLoss } from '../define.js'
import { dims, flag } from '../options.js'
import { differenceLaws, predictions } from '../regression.js'
import { elementwise, pair } from '../rejections.js'
import { axes } from '../rejections/regions.js'

/** Its root is NaN, of which no law holds. */
const nothing = { shape: [0, 3], data: [] }

export default defineLoss({
  summary: 'Root of the mean squared difference over all axes, or over some',
  aliases: ['root_mean_squared_error'],
  family: 'regions',
  formula: String.raw`\ell = \sqrt{\frac{1}{n} \sum_i (x_i - y_i)^2}, \quad ` +
    String.raw`\text{log1p:}\ \sqrt{\frac{1}{n} \sum_i (\ln(1 + x_i) - \ln(1 + y_i))^2}`,
  slots: predictions({ domain: 'positive' }),
  options: {
    dims,
    log1p: flag('Compare ln(1 + x) and ln(1 + y), which is known as rmsle')
  },
  parameters: ({ log1p }) => [Number(log1p)],
  kernels: ['rmse_totals', 'rmse_spread'],
  faults: { 1: '{slot} holds {value}, expected a number above -1' },
  equivalents: {
    PyTorch: 'torch.sqrt of torch.nn.functional.mse_loss',
    'scikit-learn': 'root_mean_squared_error, and with log1p root_mean_squared_log_error (rmsle), with dims [0]',
    Keras: 'metrics.RootMeanSquaredError'
  },
  references: [
    'https://scikit-learn.org/stable/modules/generated/sklearn.metrics.root_mean_squared_error.html',
    'https://scikit-learn.org/stable/modules/generated/sklearn.metrics.root_mean_squared_log_error.html'
  ],
  notes: [
    'The loss has the axes that dims leaves; reductions act on those roots. By default it is one number whatever the reduction.',
    'dims [0] with mean is the mean of the roots, not the root of the mean over everything.',
    'Where the root is 0 the gradient is NaN, as PyTorch\'s. No elements have the root NaN.'
  ],
  example: { input: [[1, -0.5, 2], [0, 3, -1]], target: [[0.5, 0.5, 2], [-1, 1, -3.5]], gradients: ['input'] },
  rejects: [
    ...elementwise,
    ...axes(pair),
    ['an input of -1 with log1p', { ...pair, input: [[1, 2, 3], [4, -1, 6]], log1p: true }, 'invalid_value', '/input/1/1'],
    ['a target below -1 with log1p', { ...pair, target: [[1, 2, -3], [4, 5, 6]], dims: [0], log1p: true }, 'invalid_value', '/target/0/2']
  ],
  oracle: {
    expression: 'rmse(input, target, dims, log1p)',
    library: {
      name: 'sklearn',
      expression: '(sklearn.metrics.root_mean_squared_log_error if log1p else sklearn.metrics.root_mean_squared_error)' +
        '(target, input, multioutput="raw_values")',
      when: 'dims == [0] and input.ndim == 2 and input.shape == target.shape and input.size > 0'
    },
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { dims: [0] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { dims: [0], log1p: true } },
      { shapes: { input: [2, 3, 4], target: [3, 1] }, options: { dims: [-1], log1p: true } },
      { shapes: { input: [3, 1], target: [2, 3, 4] }, options: { dims: [1] } },
      { shapes: { input: [3, 1], target: [2, 1, 4] } },
      { shapes: { input: [2, 3, 2, 3, 2], target: [2, 3, 2, 3, 2] }, options: { dims: [-2, 0, 2] } },
      { shapes: { input: [2, 3, 2, 3, 2], target: [3, 1, 3, 1] }, options: { dims: [1, 2, -1] } },
      { shapes: { input: [], target: [] }, options: { dims: [0], log1p: true } },
      { shapes: { input: [3], target: [] }, options: { dims: [-1] } },
      { slots: { input: nothing, target: nothing } },
      { slots: { input: nothing, target: nothing }, options: { dims: [0] } },
      { slots: { input: nothing, target: nothing }, options: { dims: [1] } },
      { shapes: { input: [2010], target: [2010] } },
      { shapes: { input: [2, 1100], target: [2, 1] }, options: { dims: [1] } },
      { slots: { input: [[1, 2], [3, 4], ['NaN', 1]], target: [[1, 2], [0, 4], [1, 1]] }, options: { dims: [1] } },
      { slots: { input: [['Infinity', 2], [1e100, 4], [1e-100, 0]], target: [[1, 2], [0, 4], [0, 0]] }, options: { dims: [1] } },
      {
        slots: { input: [[1, 1.0000001], [-0.999999, 0], [1e100, 3], ['NaN', 0]], target: [[1, 1], [-0.9, 0], [0, 2], [1, 1]] },
        options: { dims: [1], log1p: true }
      }
    ]
  },
  laws: differenceLaws
})
