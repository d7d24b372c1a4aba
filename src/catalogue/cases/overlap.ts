// Golden cases that the losses of overlaps share.
import type { GoldenCase } from '../define.js'

const matrix = { input: [4, 5], target: [4, 5] }
const images = { input: [2, 3, 2, 4], target: [2, 3, 2, 4] }

/** Every axis and activation, weights, backgrounds, no elements, more than a chunk, and edges. */
export const overlapCases: readonly GoldenCase[] = [
  { shapes: matrix },
  { shapes: matrix, options: { dims: [1] } },
  { shapes: matrix, options: { dims: [0], smooth: 1, epsilon: 0.01 } },
  { shapes: matrix, options: { activation: 'sigmoid' } },
  { shapes: matrix, options: { activation: 'softmax', smooth: 0.5 } },
  { shapes: matrix, options: { activation: 'softmax', dims: [1] } },
  { shapes: { ...matrix, class_weights: [5] }, options: { dims: [0] } },
  { shapes: matrix, options: { ignore_background: true } },
  { shapes: images, options: { dims: [1, 2], activation: 'softmax', smooth: 2, epsilon: 0 } },
  { shapes: { ...images, class_weights: [4] }, options: { dims: [1, 2], activation: 'softmax', smooth: 1, epsilon: 0, ignore_background: true } },
  { shapes: { ...images, class_weights: [4] }, options: { dims: [-2, 0], activation: 'sigmoid', ignore_background: true } },
  { shapes: { ...images, class_weights: [4] }, options: { dims: [0, 1, 2], ignore_background: true } },
  { shapes: images, options: { dims: [0, 3], activation: 'softmax', ignore_background: true } },
  { shapes: { input: [2, 1, 3, 2, 2], target: [2, 1, 3, 2, 2] }, options: { dims: [2, -1] } },
  { shapes: { input: [6], target: [6] }, options: { dims: [0], activation: 'softmax' } },
  { shapes: { input: [], target: [] } },
  { shapes: { input: [3, 1], target: [3, 1] }, options: { activation: 'softmax' } },
  { slots: { input: [[0.5], [1]], target: [[1], [0]] }, options: { ignore_background: true } },
  { shapes: { input: [0, 3], target: [0, 3] } },
  { shapes: { input: [0, 3], target: [0, 3] }, options: { dims: [1], activation: 'softmax' } },
  { shapes: { input: [0, 3], target: [0, 3] }, options: { dims: [0], epsilon: 0 } },
  { shapes: { input: [2, 1100], target: [2, 1100] }, options: { dims: [1], activation: 'softmax' } },
  { slots: { input: [[0, 0], [1, 0], [1, 1]], target: [[0, 0], [0, 1], [1, 1]] }, options: { dims: [1], epsilon: 0 } },
  { slots: { input: [[0, 0], [1, 0], [1, 1]], target: [[0, 0], [0, 1], [1, 1]] }, options: { dims: [1] } },
  { slots: { input: [['NaN', 0], [1, 'NaN'], [0.5, 0.5]], target: [[0, 1], [0, 1], ['NaN', 1]] }, options: { dims: [1] } },
  { slots: { input: [[800, -800], [40, -40], [0, 1e-300], ['NaN', 1]], target: [[1, 0], [1, 0], [0, 1], [1, 0]] }, options: { dims: [1], activation: 'sigmoid' } },
  { slots: { input: [[800, -800], [40, 0], [3, 3], ['NaN', 1]], target: [[1, 0], [1, 0], [0, 1], [1, 0]] }, options: { dims: [1], activation: 'softmax' } },
  { slots: { input: [[1e-200, 1e-300], [2, -1]], target: [[1, 0], [1, 1]] }, options: { dims: [1], epsilon: 0 } }
]
