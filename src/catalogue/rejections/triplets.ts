// What all losses of triplets refuse.
import type { Rejection } from '../define.js'

export const triplet = { anchor: [[1, 2], [0.5, -1]], positive: [[2, 1], [1, 0]], negative: [[0, -1], [0.4, -0.9]] }

export const triplets: readonly Rejection[] = [
  ['ranks that differ', { ...triplet, positive: [2, 1] }, 'invalid_shape', '/positive'],
  ['a negative of another rank', { ...triplet, negative: [[[2, 1]]] }, 'invalid_shape', '/negative'],
  ['vectors of different lengths', { ...triplet, negative: [[1, 2, 3], [4, 5, 6]] }, 'invalid_shape', '/negative'],
  ['leading axes that do not broadcast', { ...triplet, positive: [[1, 2], [3, 4], [5, 6]] }, 'invalid_shape', '/positive'],
  ['scalars', { anchor: 1, positive: 2, negative: 3 }, 'invalid_shape', '/anchor'],
  ['margin 0', { ...triplet, margin: 0 }, 'invalid_option', '/margin'],
  ['a negative margin', { ...triplet, margin: -1 }, 'invalid_option', '/margin'],
  ['swap as a number', { ...triplet, swap: 1 }, 'invalid_request', '/swap']
]
