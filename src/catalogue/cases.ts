// Golden cases that several entries share.
import type { GoldenCase } from './define.js'

/** Scores along an axis: every axis, no axis, empty axes, a long one, infinities, and rows sure of one class. */
export const scoresAlongDim: readonly GoldenCase[] = [
  { shapes: { input: [4, 5] } },
  { shapes: { input: [2, 3, 4] }, options: { dim: 0 } },
  { shapes: { input: [2, 3, 4] }, options: { dim: -2 } },
  { shapes: { input: [6] }, options: { dim: 0 } },
  { shapes: { input: [] } },
  { shapes: { input: [3, 0] } },
  { shapes: { input: [0, 3] } },
  { shapes: { input: [2, 1500] } },
  { slots: { input: [['Infinity', 1], ['NaN', 1], ['-Infinity', '-Infinity'], ['-Infinity', 1], [1e308, -1e308]] } },
  { slots: { input: [[40, 0, -10], [0, 800, -800], [3, 3, 3]] } }
]

/** Elements of a logistic function: ranks, no elements, more than a block, infinities, and where it saturates. */
export const logits: readonly GoldenCase[] = [
  { shapes: { input: [4, 5] } },
  { shapes: { input: [2, 3, 4] } },
  { shapes: { input: [7] } },
  { shapes: { input: [] } },
  { shapes: { input: [0, 3] } },
  { shapes: { input: [5001] } },
  { slots: { input: ['Infinity', '-Infinity', 'NaN', 0, 30, -30] } },
  { slots: { input: [-700, -750, -800, 700, 1e-300, -1e-300] } }
]

/** Two distributions: leading axes that broadcast, every base and form, clipping. */
export const distributionPairs: readonly GoldenCase[] = [
  { shapes: { p: [4, 5], q: [4, 5] } },
  { shapes: { p: [4, 5], q: [5] }, options: { base: 2, validate: true } },
  { shapes: { p: [3, 4], q: [2, 1, 4] }, options: { base: 10 } },
  { shapes: { p: [4, 5], q: [4, 5] }, options: { input_kind: 'log_probs' } },
  { shapes: { p: [4, 5], q: [4, 5] }, options: { input_kind: 'logits', base: 2 } },
  { shapes: { p: [4, 5], q: [4, 5] }, options: { eps: 0.15 } },
  { shapes: { p: [4, 5], q: [4, 5] }, options: { eps: 0.15, input_kind: 'logits' } }
]

/** Logits of −∞, and one whose probability underflows. */
export const vanishingLogits: GoldenCase = {
  slots: { p: [['-Infinity', 0, 1], [0, 0, -900]], q: [['-Infinity', 0, 1], [1, 0, -900]] },
  options: { input_kind: 'logits' },
  without: { p: 'autograd multiplies 0 by ∞ where the limit is 0', q: 'as p' }
}

/** An input and a target that broadcast: ranks, either one stretched, no elements, more than a block. */
export const broadcastPairs: readonly GoldenCase[] = [
  { shapes: { input: [4, 5], target: [4, 5] } },
  { shapes: { input: [2, 3, 4], target: [3, 1] } },
  { shapes: { input: [3, 1], target: [2, 3, 4] } },
  { shapes: { input: [], target: [] } },
  { shapes: { input: [6], target: [6] } },
  { shapes: { input: [6], target: [] } },
  { shapes: { input: [2, 2, 1, 3, 2], target: [3, 1] } },
  { shapes: { input: [0, 3], target: [0, 3] } },
  { shapes: { input: [3, 0], target: [1] } },
  { shapes: { input: [2100], target: [2100] } }
]
