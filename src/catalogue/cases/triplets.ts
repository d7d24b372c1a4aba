// Golden cases that the losses of triplets share.
import type { GoldenCase } from '../define.js'

/** Ranks, shapes that broadcast, no elements, a long one, either branch of `swap`. */
export const tripletShapes: readonly GoldenCase[] = [
  { shapes: { anchor: [4, 5], positive: [4, 5], negative: [4, 5] } },
  { shapes: { anchor: [4, 5], positive: [4, 5], negative: [4, 5] }, options: { margin: 5 } },
  { shapes: { anchor: [6, 3], positive: [6, 3], negative: [6, 3] }, options: { swap: true, margin: 4 } },
  { shapes: { anchor: [5], positive: [5], negative: [5] }, options: { margin: 9 } },
  { shapes: { anchor: [2, 3, 4], positive: [1, 3, 1], negative: [2, 1, 4] }, options: { margin: 6 } },
  { shapes: { anchor: [1, 1], positive: [3, 4], negative: [1, 4] }, options: { swap: true, margin: 6 } },
  { shapes: { anchor: [2, 1, 2, 2, 3], positive: [2, 1, 2, 1, 3], negative: [1, 1, 2, 2, 3] }, options: { margin: 4 } },
  { shapes: { anchor: [0, 3], positive: [0, 3], negative: [0, 3] } },
  { shapes: { anchor: [3, 0], positive: [3, 0], negative: [3, 0] } },
  { shapes: { anchor: [1, 2001], positive: [1, 2001], negative: [1, 2001] }, options: { margin: 40 } }
]

/** Vectors that are the same, distances that are equal, NaN, and magnitudes. */
export const tripletEdges: readonly GoldenCase[] = [
  { slots: { anchor: [[1, 2], [0, 0]], positive: [[1, 2], [3, 4]], negative: [[1, 2], [0, 0]] } },
  { slots: { anchor: [[1, 2], [0, 0]], positive: [[1, 2], [3, 4]], negative: [[1, 2], [0, 0]] }, options: { swap: true } },
  { slots: { anchor: [['NaN', 2], [1, 2]], positive: [[1, 2], [3, 4]], negative: [[1, 2], ['NaN', 0]] } },
  { slots: { anchor: [[1e100, 2], [1e-100, 0]], positive: [[1, 2], [0, 0]], negative: [[-1e100, 2], [0, 1e-100]] } }
]
