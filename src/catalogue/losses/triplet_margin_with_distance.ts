import { z } from 'zod'
import { tripletEdges, tripletShapes } from '../cases/triplets.js'
import { defineLoss } from '../define.js'
import { flag, margin } from '../options.js'
import { triplet, triplets } from '../rejections/triplets.js'
import { tripletSlots } from '../slots.js'

/** Order and eps of the distances as the kernel takes them (kernels/rows/triplet.ts). */
const DISTANCES: Readonly<Record<string, readonly [order: number, eps: number]>> = {
  euclidean: [2, 1e-6],
  cosine: [-1, 1e-8],
  manhattan: [1, 1e-6],
  chebyshev: [Infinity, 1e-6],
  squared_euclidean: [-2, 0]
}

export default defineLoss({
  summary: 'Triplet margin: an anchor is to be nearer to its positive than to its negative by a margin, in a distance of choice',
  aliases: ['triplet_margin_with_distance_loss'],
  family: 'triplets',
  formula: String.raw`\ell = \max(0, m + d(a, p) - d(a, n))`,
  slots: tripletSlots,
  options: {
    distance: z.enum(['euclidean', 'cosine', 'manhattan', 'chebyshev', 'squared_euclidean']).default('euclidean')
      .describe('Distance d: a norm of the difference plus 1e-6 (Euclidean, of order 1, of order ∞), 1 − cos, or the sum of squares'),
    margin: margin.describe('By how much the negative is to be further away; greater than 0'),
    swap: flag('Take the distance of positive and negative where it is the smaller one')
  },
  parameters: ({ distance, margin: m, swap }) => [m as number, ...DISTANCES[distance as string]!, Number(swap)],
  equivalents: {
    PyTorch: 'torch.nn.functional.triplet_margin_with_distance_loss; distance_function is pairwise_distance for "euclidean", ' +
      'the same with p 1 for "manhattan" and p inf for "chebyshev", 1 − cosine_similarity for "cosine"'
  },
  references: ['https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_with_distance_loss.html'],
  notes: [
    'Where the loss just reaches 0, the gradient passes. With swap, distances that are equal share it.',
    'distance "euclidean" is triplet_margin. Norms are those of euclidean_distance, "cosine" is cosine_distance.'
  ],
  example: {
    anchor: [[1, 2], [0.5, -1], [0, 1]],
    positive: [[2, 1], [1, 0], [-1, 1]],
    negative: [[0, -1], [0.4, -0.9], [3, 3]],
    distance: 'cosine',
    gradients: ['anchor']
  },
  rejects: [
    ...triplets,
    ['another distance', { ...triplet, distance: 'hamming' }, 'invalid_option', '/distance'],
    ['eps, which belongs to the distance', { ...triplet, eps: 1e-6 }, 'invalid_request', '/eps']
  ],
  oracle: {
    expression: 'F.triplet_margin_with_distance_loss(anchor, positive, negative, distance_function=distance_named(distance), ' +
      'margin=margin, swap=swap, reduction=reduction)',
    cases: [
      ...tripletShapes,
      ...['cosine', 'manhattan', 'chebyshev', 'squared_euclidean'].flatMap(distance => [
        { shapes: { anchor: [4, 5], positive: [4, 5], negative: [4, 5] }, options: { distance, margin: 5 } },
        { shapes: { anchor: [2, 3, 4], positive: [1, 3, 4], negative: [2, 3, 1] }, options: { distance, swap: true } },
        { slots: { anchor: [[1, 2], [1, 3]], positive: [[1, 2], [2, 2]], negative: [[1, 5], [2, 2]] }, options: { distance } }
      ]),
      ...['cosine', 'manhattan', 'squared_euclidean'].map(distance => (
        { shapes: { anchor: [3, 0], positive: [3, 0], negative: [3, 0] }, options: { distance, margin: 0.5 } }
      )),
      ...tripletEdges,
      { slots: { anchor: [[1, 2], [0, 0]], positive: [[0, 0], [1, 2]], negative: [[1, 5], [2, 1]] }, options: { distance: 'cosine' } }
    ]
  },
  laws: [
    { law: 'non_negative' },
    { law: 'shift_invariant', slots: ['anchor', 'positive', 'negative'] },
    { law: 'equals', loss: 'triplet_margin' },
    { law: 'equals', loss: 'triplet_margin', options: { distance: 'manhattan' }, others: { p: 1 } },
    { law: 'equals', loss: 'triplet_margin', options: { distance: 'chebyshev' }, others: { p: 'inf' } }
  ]
})
