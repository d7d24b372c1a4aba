// What the entries of Tweedie's deviances share.
import { float, type GoldenCase, type Rejection } from './define.js'

/** Slots. */
export const estimates = {
  input: float('(*)', 'Predicted means', { domain: 'positive' }),
  target: float('(*)', 'True values, in the shape of input', { domain: 'positive', fits: 'same' })
}

/** Refusals. */
export const deviances: readonly Rejection[] = [
  ['shapes that differ', { input: [[1, 2], [3, 4]], target: [1, 2] }, 'invalid_shape', '/target']
]

/** Cases without options: ranks, no elements, more than a block. */
export const rankedPairs: readonly GoldenCase[] =
  [[4, 5], [9], [2, 3, 4], [2, 1, 4, 2], [], [2, 2, 1, 3, 2], [0, 3], [3, 0], [2100]].map(shape =>
    ({ shapes: { input: shape, target: shape } }))

/** Pairs from near to far, of which the nearest leave nothing of the terms. */
export const closePositives: GoldenCase['slots'] & object = {
  input: [1, 1, 2, 0.3, 5, 1, 1, 1e-3, 250, 0.5, 7],
  target: [1, 1.0000001, 1.999, 0.31, 5.5, 1.1249, 1.1251, 1.2e-3, 200, 0.75, 7]
}
