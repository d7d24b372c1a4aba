import { defineLoss, float } from '../define.js'
import { number } from '../options.js'
import { zeros } from '../rejections.js'

const ranking = { input1: [[1, 2, 3], [4, 5, 6]], input2: [[3, 2, 1], [6, 5, 4]], target: [[1, -1, 1], [1, 1, -1]] }

export default defineLoss({
  summary: 'Margin ranking: how much the input that should rank lower exceeds the other, less a margin',
  aliases: ['margin_ranking_loss', 'pairwise_hinge'],
  family: 'ranked',
  formula: String.raw`\ell_i = \max(0, -y_i (x_{1,i} - x_{2,i}) + \text{margin})`,
  slots: {
    input1: float('(*)', 'Scores that should rank higher where target is 1'),
    input2: float('(*)', 'Scores that should rank higher where target is −1; as many axes as input1, and broadcasts'),
    target: float('(*)', '1 or −1; as many axes as input1, and broadcasts', { domain: 'sign' })
  },
  options: { margin: number('By how much the higher score should exceed the lower').default(0) },
  equivalents: { PyTorch: 'torch.nn.functional.margin_ranking_loss' },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.margin_ranking_loss.html'],
  notes: [
    'In float32 the kink lies at the margin rounded to float32, as in PyTorch.',
    'At the kink the loss is 0 and its gradient that of the other side: equal inputs with margin 0 have the gradients ∓y.',
    'Any number is taken as target; it scales the difference.',
    'NaN gives NaN; the hinge passes no gradient on then.'
  ],
  example: { input1: [1, 0.2, 3], input2: [2, 0, 1], target: [1, 1, -1], margin: 0.2, gradients: ['input1', 'input2'] },
  rejects: [
    ['an input2 with fewer axes', { ...ranking, input2: [1, 2, 3] }, 'invalid_shape', '/input2'],
    ['a target with fewer axes', { ...ranking, target: 1 }, 'invalid_shape', '/target'],
    ['inputs that do not broadcast', { ...ranking, input2: [[1, 2], [3, 4]] }, 'invalid_shape', '/input2'],
    ['a target that does not broadcast', { ...ranking, target: [[1, -1], [1, -1]] }, 'invalid_shape', '/target'],
    ['complex tensors', { ...ranking, input1: zeros('complex64', 2, 3) }, 'malformed_tensor', '/input1/dtype']
  ],
  oracle: {
    expression: 'F.margin_ranking_loss(input1, input2, target, margin=margin, reduction=reduction)',
    cases: [
      { shapes: { input1: [2, 3], input2: [2, 3], target: [2, 3] } },
      { shapes: { input1: [2, 3], input2: [2, 3], target: [2, 3] }, options: { margin: 0.5 } },
      { shapes: { input1: [4], input2: [4], target: [1] }, options: { margin: -1.5 } },
      { shapes: { input1: [2, 1, 2], input2: [1, 3, 1], target: [2, 1, 1] }, options: { margin: 2 } },
      { shapes: { input1: [], input2: [], target: [] } },
      { shapes: { input1: [2, 1, 1, 1, 2], input2: [1, 1, 2, 1, 2], target: [1, 1, 1, 1, 1] } },
      { shapes: { input1: [0, 3], input2: [1, 3], target: [1, 1] } },
      { shapes: { input1: [3, 0], input2: [3, 0], target: [3, 1] } },
      { shapes: { input1: [2100], input2: [1], target: [1] }, options: { margin: 0.25 } },
      { slots: { input1: [1, 1, 2, 0.5], input2: [1, 1, 0.5, 0], target: [1, -1, 0, 0.5] } },
      { slots: { input1: [1, 0.5, 2], input2: [0.5, 1, 2], target: [1, -1, 3] }, options: { margin: 0.5 } },
      {
        slots: {
          input1: ['Infinity', '-Infinity', 'Infinity', 'NaN', 1, 'Infinity'],
          input2: [0, 0, 'Infinity', 1, 2, 1],
          target: [-1, -1, 1, 1, 'NaN', 0]
        }
      },
      { slots: { input1: [1e300, -1e300, 1e-300, 1e308], input2: [0, 0, 0, -1e308], target: [-1, 1, -1, -1] } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['input1', 'input2'] }]
})
