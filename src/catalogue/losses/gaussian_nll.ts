import { z } from 'zod'
import { defineLoss, float } from '../define.js'
import { flag } from '../options.js'
import { elementwise, pair, positive } from '../rejections.js'

const spreading = { ...pair, var: [[1, 0.5, 2], [1, 4, 0.25]] }

export default defineLoss({
  summary: 'Negative log-likelihood of the true values under normal distributions of predicted mean and variance',
  aliases: ['gaussian_nll_loss'],
  family: 'variances',
  formula: String.raw`\ell_i = \tfrac{1}{2} \left( \ln \max(v_i, \varepsilon) + ` +
    String.raw`\frac{(x_i - y_i)^2}{\max(v_i, \varepsilon)} \right) + \text{full} \cdot \tfrac{1}{2} \ln 2\pi`,
  slots: {
    input: float('(*)', 'Predicted means'),
    target: float('(*)', 'True values; broadcasts with input'),
    var: float('(*)', 'Predicted variances: the shape of input, or that without its last axis or with 1 in one axis, or a number', {
      domain: 'positive'
    })
  },
  options: {
    full: flag('Add the constant ½·ln 2π'),
    eps: z.number().positive().default(1e-6).describe('Least variance; smaller ones count as that; greater than 0')
  },
  faults: { 1: '{slot} holds {value}, expected a variance of at least 0' },
  equivalents: { PyTorch: 'torch.nn.functional.gaussian_nll_loss' },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gaussian_nll_loss.html'],
  notes: [
    'A variance below eps has the gradient that eps would have, as in PyTorch.',
    'An infinite variance gives ∞, with gradient 0 of input.'
  ],
  example: {
    input: [[1, -0.5, 2], [0, 3, -1]],
    target: [[0.5, 0.5, 2], [-1, 1, -3.5]],
    var: [[0.5, 1, 2], [1, 4, 0.25]],
    gradients: ['input', 'var']
  },
  rejects: [
    ...elementwise.map(([what, request, code, pointer]) => [what, { ...request, var: 1 }, code, pointer] as const),
    ['a negative variance', { ...spreading, var: [[1, 0.5, 2], [-1, 4, 0.25]] }, 'invalid_value', '/var/1/0'],
    ['a negative variance for all', { ...spreading, var: -1 }, 'invalid_value', '/var'],
    ['variances of the last axis alone', { ...spreading, var: [1, 2, 3] }, 'invalid_shape', '/var'],
    ['1 in two axes of the variances', { ...spreading, var: [[1]] }, 'invalid_shape', '/var'],
    ['more variances than means', { ...spreading, input: [[1, 2, 3]] }, 'invalid_shape', '/var'],
    ...positive(spreading, 'eps')
  ],
  oracle: {
    expression: 'F.gaussian_nll_loss(input, target, var if var.dim() > 0 else var.expand(input.shape), ' +
      'full=full, eps=eps, reduction=reduction)',
    cases: [
      { shapes: { input: [4, 5], target: [4, 5], var: [4, 5] } },
      { shapes: { input: [4, 5], target: [4, 5], var: [4, 5] }, options: { full: true } },
      { slots: { input: [[1, 2], [3, 4]], target: [[0, 1.5], [1, -4]], var: [[0.5, 0.8], [2, 0.1]] }, options: { eps: 0.8 } },
      { shapes: { input: [4, 5], target: [4, 5], var: [4] } },
      { shapes: { input: [4, 4], target: [4, 4], var: [4] } },
      { shapes: { input: [2, 3, 4], target: [3, 1], var: [2, 3, 1] } },
      { shapes: { input: [2, 3, 4], target: [2, 3, 4], var: [2, 1, 4] } },
      { shapes: { input: [2, 3, 4], target: [4], var: [] } },
      { shapes: { input: [3, 1], target: [2, 3, 4], var: [3, 1] } },
      { shapes: { input: [1, 5], target: [4, 5], var: [1] } },
      { shapes: { input: [], target: [], var: [] } },
      { shapes: { input: [7], target: [], var: [] } },
      { shapes: { input: [2, 2, 1, 3, 2], target: [3, 1], var: [2, 2, 1, 3] } },
      { shapes: { input: [0, 3], target: [0, 3], var: [0, 3] } },
      { shapes: { input: [3, 0], target: [3, 0], var: [3] } },
      { shapes: { input: [2100], target: [2100], var: [2100] } },
      { slots: { input: [1, 1, 1, 1], target: [0, 1, 3, 2], var: [0, 1e-6, 1e-8, '-0'] } },
      { slots: { input: [1, 'NaN', 1, 'Infinity', 2], target: [0, 1, 1, 1, 1e200], var: ['Infinity', 1, 'NaN', 1, 1e300] } }
    ]
  }
})
