import { defineLoss, float } from '../define.js'
import { number } from '../options.js'
import { elementwise, pair, zeros } from '../rejections.js'

export default defineLoss({
  summary: 'Hinge embedding: distances of similar pairs, and what distances of dissimilar pairs lack of a margin',
  aliases: ['hinge_embedding_loss'],
  family: 'elements',
  formula: String.raw`\ell_i = [y_i \ne 1] \max(0, \text{margin} - x_i) + [y_i \ne -1] \, x_i`,
  slots: {
    input: float('(*)', 'Distances'),
    target: float('(*)', '1 for similar pairs, −1 for dissimilar ones; broadcasts with input', {
      differentiable: false, domain: 'sign'
    })
  },
  options: { margin: number('Distance from which dissimilar pairs cost nothing').default(1) },
  equivalents: { PyTorch: 'torch.nn.functional.hinge_embedding_loss' },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hinge_embedding_loss.html'],
  notes: [
    'In float32 the kink lies at the margin rounded to float32, as in PyTorch.',
    'Where target is 1 the loss is the input, also a negative one. Where it is neither 1 nor −1, both terms count.',
    'At the margin the hinge has the gradient −1; for NaN it has none, and the input itself has 1.'
  ],
  example: { input: [2, 0.5, 1, 1.5], target: [1, -1, -1, -1], gradients: ['input'] },
  rejects: [
    ...elementwise,
    ['the gradient of target', { ...pair, gradients: ['target'] }, 'not_differentiable', '/gradients/0'],
    ['complex tensors', { ...pair, input: zeros('complex64', 2, 3) }, 'malformed_tensor', '/input/dtype']
  ],
  oracle: {
    expression: 'F.hinge_embedding_loss(input, target, margin=margin, reduction=reduction)',
    cases: [
      { shapes: { input: [3, 2], target: [3, 2] } },
      { shapes: { input: [3, 2], target: [3, 2] }, options: { margin: 2.5 } },
      { shapes: { input: [4], target: [1] }, options: { margin: -0.5 } },
      { shapes: { input: [2], target: [2, 3, 1] } },
      { shapes: { input: [], target: [] } },
      { shapes: { input: [2, 1, 2, 1, 2], target: [2, 1, 1] } },
      { shapes: { input: [1, 1, 3, 2], target: [2] } },
      { shapes: { input: [0, 3], target: [0, 3] } },
      { shapes: { input: [3, 0], target: [1] } },
      { shapes: { input: [2100], target: [2100] } },
      { slots: { input: [1, 1, 1, 0.5, -2, 3], target: [1, -1, 0, 0.5, 1, 2] } },
      { slots: { input: ['NaN', 'NaN', 'NaN', 'Infinity', 'Infinity', '-Infinity', 0.5], target: [1, -1, 0, 1, -1, -1, 'NaN'] } },
      { slots: { input: ['Infinity', '-Infinity'], target: [0, 0] } },
      { slots: { input: [1e300, -1e300, 1e-300, 1e308], target: [1, -1, -1, 3] } }
    ]
  }
})
