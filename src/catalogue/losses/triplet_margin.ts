import { z } from 'zod'
import { tripletEdges, tripletShapes } from '../cases/triplets.js'
import { defineLoss } from '../define.js'
import { flag, margin } from '../options.js'
import { triplet, triplets } from '../rejections/triplets.js'
import { tripletSlots } from '../slots.js'

export default defineLoss({
  summary: 'Triplet margin: an anchor is to be nearer to its positive than to its negative by a margin, in a p-norm',
  aliases: ['triplet_margin_loss'],
  family: 'triplets',
  formula: String.raw`\ell = \max(0, m + \lVert a - p + \varepsilon \rVert - \lVert a - n + \varepsilon \rVert)`,
  slots: tripletSlots,
  options: {
    margin: margin.describe('By how much the negative is to be further away; greater than 0'),
    p: z.union([z.literal('inf'), z.number().min(0)]).default(2)
      .describe('Order of the norm: a number of at least 0, or "inf" for the largest component; 0 counts components that are not 0'),
    eps: z.number().min(0).default(1e-6).describe('Added to every component of a difference before the norm'),
    swap: flag('Take the distance of positive and negative where it is the smaller one')
  },
  parameters: ({ margin: m, p, eps, swap }) => [m as number, p === 'inf' ? Infinity : p as number, eps as number, Number(swap)],
  equivalents: {
    PyTorch: 'torch.nn.functional.triplet_margin_loss',
    optax: 'triplet_margin_loss, whose norm adds eps to the sum of powers instead'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_loss.html'],
  notes: [
    'Where the loss just reaches 0, the gradient passes. With swap, distances that are equal share it.',
    'eps is added with its sign: vectors that are the same are eps·D^(1/p) apart, with a gradient that is not small.',
    'With p "inf" components that tie for the largest share the gradient; with p 0 there is none.',
    'Negative p, which PyTorch accepts, is refused.'
  ],
  example: {
    anchor: [[1, 2], [0.5, -1], [0, 1]], positive: [[2, 1], [1, 0], [-1, 1]], negative: [[0, -1], [0.4, -0.9], [3, 3]], gradients: ['anchor']
  },
  rejects: [
    ...triplets,
    ['a negative p', { ...triplet, p: -1 }, 'invalid_option', '/p'],
    ['p in other words', { ...triplet, p: 'infinite' }, 'invalid_option', '/p'],
    ['a negative eps', { ...triplet, eps: -1 }, 'invalid_option', '/eps']
  ],
  oracle: {
    expression: 'F.triplet_margin_loss(anchor, positive, negative, margin=margin, p=math.inf if p == "inf" else p, eps=eps, ' +
      'swap=swap, reduction=reduction)',
    cases: [
      ...tripletShapes,
      { shapes: { anchor: [4, 5], positive: [4, 5], negative: [4, 5] }, options: { p: 1, margin: 6 } },
      { shapes: { anchor: [4, 5], positive: [4, 5], negative: [4, 5] }, options: { p: 3.5, margin: 6 } },
      { shapes: { anchor: [4, 5], positive: [4, 5], negative: [4, 5] }, options: { p: 1.25, margin: 6, swap: true } },
      { shapes: { anchor: [4, 5], positive: [4, 5], negative: [4, 5] }, options: { p: 'inf', margin: 6, eps: 0 } },
      { shapes: { anchor: [4, 3], positive: [4, 3], negative: [4, 3] }, options: { p: 0.5, margin: 50 } },
      { shapes: { anchor: [4, 3], positive: [4, 3], negative: [4, 3] }, options: { p: 0 } },
      { shapes: { anchor: [4, 5], positive: [4, 5], negative: [4, 5] }, options: { eps: 0.25, margin: 3 } },
      ...tripletEdges,
      { slots: { anchor: [[1, 2]], positive: [[1, 2]], negative: [[1, 5]] }, options: { eps: 0, margin: 5, p: 1.5 } },
      { slots: { anchor: [[1, 2]], positive: [[1, 3]], negative: [[1, 5]] }, options: { eps: 0, margin: 5, p: 0.5 } },
      { slots: { anchor: [[1, 2]], positive: [[0, 1]], negative: [[2, 1]] }, options: { eps: 0, p: 'inf', swap: true } },
      { slots: { anchor: [['Infinity', 1]], positive: [[0, 1]], negative: [[2, 1]] }, options: { p: 1 } }
    ]
  },
  laws: [{ law: 'non_negative' }, { law: 'shift_invariant', slots: ['anchor', 'positive', 'negative'] }]
})
