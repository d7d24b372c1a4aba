import { cases, divisor, example, faults, notes, options, oracleOf, parameters, rejects, slots } from '../causal.js'
import { defineLoss } from '../define.js'
import { baseOr, baseParameter } from '../options.js'
import { logarithmic } from '../rejections.js'

const { gradients: _, ...request } = example

export default defineLoss({
  summary: 'Cross entropy of the logits of every position with the next token, in bits or in units of another base',
  family: 'tokens',
  formula: String.raw`\ell_{bt} = -\frac{1}{\ln b} \sum_v w_v \left( (1 - \varepsilon) [v = y_{b, t+1}] + \tfrac{\varepsilon}{V} \right) ` +
    String.raw`\ln \frac{e^{z_{btv}}}{\sum_k e^{z_{btk}}}`,
  slots,
  options: { ...options, base: baseOr(2) },
  parameters: options => [...parameters(options), baseParameter(options.base)],
  faults,
  equivalents: {
    transformers: 'ForCausalLMLoss / math.log(2)',
    PyTorch: 'torch.nn.functional.cross_entropy(logits[..., :-1, :].flatten(0, -2), input_ids[..., 1:].flatten()) / math.log(2)'
  },
  references: [
    'https://github.com/huggingface/transformers/blob/main/src/transformers/loss/loss_utils.py',
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html'
  ],
  notes: [
    ...notes,
    'It is next_token_cross_entropy, and its gradient, divided by ln(base).',
    'Bits per byte or per character are this times the tokens, divided by the bytes or characters.'
  ],
  example,
  rejects: [...rejects, ...logarithmic(request)],
  oracle: {
    expression: oracleOf('bits_per_token', 'base'),
    divisor,
    cases: [
      ...cases,
      { shapes: { logits: [2, 4, 5], input_ids: [2, 4], weight: [5] }, options: { base: 10, label_smoothing: 0.2 } },
      { shapes: { logits: [2, 3, 20], input_ids: [2, 3] }, options: { base: 'e' } },
      { shapes: { logits: [4, 3], input_ids: [4] }, options: { base: 0.5 } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'shift_invariant', slots: ['logits'] },
    { law: 'equals', loss: 'next_token_cross_entropy', options: { base: 'e' } },
    { law: 'equals', loss: 'next_token_cross_entropy', factor: Math.LOG2E }
  ]
})
