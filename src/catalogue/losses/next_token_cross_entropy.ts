import { cases, divisor, example, faults, notes, options, oracleOf, parameters, rejects, slots } from '../causal.js'
import { defineLoss } from '../define.js'

export default defineLoss({
  summary: 'Cross entropy of the logits of every position with the next token, as causal language models are trained',
  aliases: ['lm_cross_entropy', 'causal_lm_loss'],
  family: 'tokens',
  formula: String.raw`\ell_{bt} = -\sum_v w_v \left( (1 - \varepsilon) [v = y_{b, t+1}] + \tfrac{\varepsilon}{V} \right) ` +
    String.raw`\ln \frac{e^{z_{btv}}}{\sum_k e^{z_{btk}}}`,
  slots,
  options,
  parameters,
  faults,
  equivalents: {
    transformers: 'ForCausalLMLoss',
    PyTorch: 'torch.nn.functional.cross_entropy(logits[..., :-1, :].flatten(0, -2), input_ids[..., 1:].flatten())'
  },
  references: [
    'https://github.com/huggingface/transformers/blob/main/src/transformers/loss/loss_utils.py',
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html'
  ],
  notes: [
    ...notes,
    'The loss has the shape (B, T − 1) or (T − 1), without shift that of input_ids; ignored tokens are 0.',
    'mean divides by num_items, or by the number of tokens that are not ignored, with weight by the sum of their weights.'
  ],
  example,
  rejects,
  oracle: { expression: oracleOf('next_token_cross_entropy'), divisor, cases },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['logits'] }]
})
