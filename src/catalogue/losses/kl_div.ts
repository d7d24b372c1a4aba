import { defineLoss, float } from '../define.js'
import { flag } from '../options.js'
import { elementwise, pair, realOnly, zeros } from '../rejections.js'

export default defineLoss({
  summary: 'Pointwise Kullback–Leibler divergence KL(target ‖ input) of log-probabilities in input',
  aliases: ['kl_div_loss'],
  family: 'pointwise',
  formula: String.raw`\ell_i = t_i (\ln t_i - x_i), \quad \text{log\_target:}\ \ell_i = e^{t_i} (t_i - x_i)`,
  slots: {
    input: float('(*)', 'Logarithms of the predicted probabilities', { integers: 'refuse', domain: 'log_probability' }),
    target: float('(*)', 'True probabilities, or their logarithms; broadcasts with input', {
      integers: 'refuse', domain: 'probability'
    })
  },
  options: {
    log_target: flag('Whether target holds logarithms of probabilities')
  },
  batchOf: 'input',
  equivalents: {
    PyTorch: 'torch.nn.functional.kl_div',
    optax: 'kl_divergence and kl_divergence_with_log_targets are its sums over the classes'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html'],
  notes: [
    'Nothing is summed over classes: mean divides by the number of elements, batchmean by the first dimension of ' +
      'input, and only batchmean is the divergence of distributions.',
    'A target of 0 gives 0, and NaN where input is −∞; its own gradient is NaN. A negative target gives NaN.',
    'A log target of −∞ gives NaN: 0·−∞.'
  ],
  example: {
    input: [[-1, -2, -0.5], [-0.1, -3, -1.5]],
    target: [[0.2, 0, 0.8], [0.5, 0.25, 0.25]],
    reduction: 'batchmean',
    gradients: ['input']
  },
  rejects: [
    ...elementwise,
    ...realOnly,
    ['complex tensors', { ...pair, input: zeros('complex64', 2, 3) }, 'malformed_tensor', '/input/dtype'],
    ['a base', { ...pair, base: 2 }, 'invalid_request', '/base']
  ],
  oracle: {
    expression: 'F.kl_div(input, target, reduction=reduction, log_target=log_target)',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5] }, options: { log_target: true } },
      { shapes: { input: [2, 3, 4], target: [3, 1] } },
      { shapes: { input: [3, 1], target: [2, 3, 4] }, options: { log_target: true } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [2, 0], target: [2, 0] } },
      { shapes: { input: [0, 2], target: [0, 2] } },
      { shapes: { input: [5001], target: [5001] } },
      {
        slots: {
          input: [-1, '-Infinity', -1, '-Infinity', 'NaN', 'Infinity', -1, -1],
          target: [0, 0, -0.5, 0.5, 0.5, 0.5, 'NaN', 'Infinity']
        }
      },
      { slots: { input: [-1, '-Infinity', '-Infinity', -2], target: ['-Infinity', '-Infinity', -1, -800] }, options: { log_target: true } }
    ]
  }
})
