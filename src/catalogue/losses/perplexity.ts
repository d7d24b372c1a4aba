import { z } from 'zod'
import { cases, example, faults, notes, options, oracleOf, parameters, rejects, slots } from '../causal.js'
import { defineLoss } from '../define.js'

const per = z.enum(['batch', 'sequence']).default('batch')
  .describe('Whose mean is taken: that of all tokens, which gives one number; or that of each sequence, whose perplexities are then reduced')

const { gradients: _, ...request } = example

export default defineLoss({
  summary: 'Perplexity: e to the mean cross entropy of the logits with the next tokens',
  family: 'perplexities',
  formula: String.raw`\ell = \exp \left( \frac{1}{\sum_{b,t} w_{y_{b, t+1}}} \sum_{b,t} \ell_{bt} \right), \quad ` +
    String.raw`\ell_{bt} \text{ as in next\_token\_cross\_entropy; per sequence: } ` +
    String.raw`\ell_b = \exp \left( \frac{1}{\sum_t w_{y_{b, t+1}}} \sum_t \ell_{bt} \right)`,
  slots,
  options: { ...options, per },
  parameters: options => [...parameters(options), options.num_items as number],
  kernels: ['perplexity_tokens', 'perplexity_gradient'],
  faults,
  equivalents: {
    transformers: 'math.exp(ForCausalLMLoss)',
    PyTorch: 'torch.exp(torch.nn.functional.cross_entropy(logits[..., :-1, :].flatten(0, -2), input_ids[..., 1:].flatten()))'
  },
  references: [
    'https://huggingface.co/docs/transformers/perplexity',
    'https://github.com/huggingface/transformers/blob/main/src/transformers/loss/loss_utils.py'
  ],
  notes: [
    ...notes,
    'With per "batch" the loss is one number, whatever the reduction, and stands without sum and divisor; with "sequence" it has ' +
      'the shape (B), and mean is that of the perplexities.',
    'The mean inside divides by num_items, or by the number of tokens that are not ignored, with weight by the sum of their weights; ' +
      'per sequence each of these is that of the sequence.',
    'Without a token that counts the perplexity is NaN. It is ∞ where it overflows.'
  ],
  example,
  rejects: [...rejects, ['another scope', { ...request, per: 'token' }, 'invalid_option', '/per']],
  oracle: {
    expression: oracleOf('perplexity', 'num_items', 'per'),
    cases: [
      ...cases,
      { shapes: { logits: [3, 5, 4], input_ids: [3, 5] }, options: { per: 'sequence' } },
      { shapes: { logits: [3, 5, 4], input_ids: [3, 5], weight: [4] }, options: { per: 'sequence', label_smoothing: 0.1 } },
      { shapes: { logits: [6, 3], input_ids: [6] }, options: { per: 'sequence' } },
      { shapes: { logits: [3, 6, 4], input_ids: [3, 6] }, options: { per: 'sequence', ignore_index: 2 } },
      { shapes: { logits: [2, 3, 4], input_ids: [2, 3] }, options: { per: 'sequence', num_items: 4, shift: false } },
      { slots: { logits: [[[1, 2]], [[3, 4]], [[0, 1]]], input_ids: [[0], [1], [1]] }, options: { per: 'sequence' } },
      { shapes: { logits: [0, 3, 4], input_ids: [0, 3] }, options: { per: 'sequence' } },
      { shapes: { logits: [2, 5, 20], input_ids: [2, 5] }, options: { per: 'sequence' } },
      { slots: { logits: [[[1, 2], [3, 1], [0, 1]], [[5, 1], [1, 1], [0, 0]]], input_ids: [[1, 7, 7], [1, 0, 7]] }, options: { per: 'sequence', ignore_index: 7 } },
      { slots: { logits: [[[0, 120], [0, 0]], [[100, 0], [0, 0]]], input_ids: [[1, 0], [1, 1]] }, options: { per: 'sequence' } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['logits'] }]
})
