// Golden cases that several entries share.
import type { GoldenCase } from './define.js'
import { boxes } from './rejections.js'

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
  { shapes: { input: [2, 1, 3, 1, 2] } },
  { shapes: { input: [1, 3] } },
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

/** Vectors of scores with a class index each: ranks, one class, no vectors, many classes, infinities, NaN, extremes. */
export const labelledScores: readonly GoldenCase[] = [
  { shapes: { input: [4, 5], target: [4] } },
  { shapes: { input: [5], target: [] } },
  { shapes: { input: [2, 3, 4], target: [2, 3] } },
  { shapes: { input: [2, 1, 2, 3, 4], target: [2, 1, 2, 3] } },
  { shapes: { input: [4, 1], target: [4] } },
  { shapes: { input: [7, 2], target: [7] } },
  { shapes: { input: [0, 3], target: [0] } },
  { shapes: { input: [2, 1001], target: [2] } },
  {
    slots: {
      input: [[1, 'NaN', 2], ['Infinity', 1, 2], ['Infinity', 1, 2], ['-Infinity', 1, 0], ['-Infinity', 1, 1]],
      target: [0, 0, 1, 1, 0]
    }
  },
  { slots: { input: [['NaN', 1], ['Infinity', 'Infinity'], ['-Infinity', '-Infinity']], target: [1, 0, 1] } },
  { slots: { input: [[1e300, -1e300, 1], [1e-300, -1e-300, 0], [1e16, 1e16, 1]], target: [1, 0, 2] } }
]

/** Two boxes: ranks, no boxes, many; touching, one in the other, equal, apart, without an area, inverted; NaN, extremes. */
export const boxPairs: readonly GoldenCase[] = [
  { shapes: { boxes1: [6, 4], boxes2: [6, 4] } },
  { shapes: { boxes1: [6, 4], boxes2: [6, 4] }, options: { eps: 0.1 } },
  { slots: { boxes1: [0.5, -1, 2, 1.5], boxes2: [-0.25, 0, 1, 2.5] } },
  { shapes: { boxes1: [2, 3, 4], boxes2: [2, 3, 4] }, options: { eps: 0 } },
  { shapes: { boxes1: [2, 1, 1, 3, 4], boxes2: [2, 1, 1, 3, 4] } },
  { shapes: { boxes1: [0, 4], boxes2: [0, 4] } },
  { shapes: { boxes1: [3, 0, 4], boxes2: [3, 0, 4] } },
  { shapes: { boxes1: [16, 4], boxes2: [16, 4] } },
  { slots: { ...boxes } },
  {
    slots: {
      boxes1: [[0, 0, 1, 1], [0, 0, 4, 4], [0, 0, 2, 3], [0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 3, 2]],
      boxes2: [[1, 0, 2, 1], [1, 1, 2, 3], [0, 0, 2, 3], [1, 1, 2, 2], [5, -5, 6, -4], [1, 0, 3, 4]]
    }
  },
  {
    slots: {
      boxes1: [[2, 0, 0, 1], [2, 2, 0, 0], [0, 3, 2, 0], [0, 0, -1, 2]],
      boxes2: [[0, 0, 1, 1], [0, 0, 1, 1], [3, 2, 1, 1], [0, 0, 1, 2]]
    }
  },
  { slots: { boxes1: [[1, 1, 1, 1], [0, 0, 0, 0], [1, 1, 1, 1]], boxes2: [[1, 1, 1, 1], [0, 0, 1, 1], [2, 2, 2, 2]] } },
  {
    slots: {
      boxes1: [['NaN', 0, 1, 1], [0, 0, 1, 1], [0, 0, 'Infinity', 1]],
      boxes2: [[0, 0, 1, 1], [0, 0, 1, 'NaN'], [0, 0, 1, 1]]
    }
  },
  {
    slots: {
      boxes1: [[0, 0, 1, 1], [0, 0, 1e-3, 2e-3], [1000, 1000, 1001, 1002], [-1e30, -1e30, 1e30, 1e30]],
      boxes2: [[0, 0, 1.0000001, 1], [0, 0, 1e-3, 2.0001e-3], [1000.00001, 1000, 1001, 1002.00002], [-2e30, 0, 1e30, 1e30]]
    }
  },
  { slots: { boxes1: [[0, 0, 1e-200, 1e-200], [0, 0, 1e140, 1e140]], boxes2: [[0, 0, 1e-200, 2e-200], [0, 1e139, 1e140, 1e140]] } }
]

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

const scored = { shapes: { input: [3, 2], target: [3, 2] } }
const binaryLabels = { input: [[0.5, 2], [-1, 0.25]], target: [[1, 0], [0, 1]] }

/** Scores and labels of ±1: ranks, broadcasting, every label encoding, kinks, infinities, NaN and extremes. */
export const hinges: readonly GoldenCase[] = [
  scored,
  { ...scored, options: { label_encoding: '01' } },
  { ...scored, options: { label_encoding: 'auto' } },
  { shapes: { input: [], target: [] } },
  { shapes: { input: [2, 1, 2, 1, 2], target: [2, 1, 1] } },
  { shapes: { input: [2], target: [2, 3, 1] } },
  { shapes: { input: [0, 3], target: [0, 3] }, options: { label_encoding: 'auto' } },
  { shapes: { input: [2100], target: [1] } },
  { slots: binaryLabels },
  { slots: binaryLabels, options: { label_encoding: '01' } },
  { slots: binaryLabels, options: { label_encoding: 'auto' } },
  { slots: { ...binaryLabels, target: [1, 1] }, options: { label_encoding: 'auto' } },
  { slots: { ...binaryLabels, target: [0, 0.5] }, options: { label_encoding: 'auto' } },
  { slots: { ...binaryLabels, target: [[1, 0], [0, 'NaN']] }, options: { label_encoding: 'auto' } },
  { slots: { input: [1, -1, 1, 0, 0.5, -0.5], target: [1, -1, 0.5, 0, 2, -2] } },
  { slots: { input: [1, 2, 0.5], target: [1, 0, 0.75] }, options: { label_encoding: '01' } },
  { slots: { input: ['Infinity', '-Infinity', 'Infinity', 'NaN', 1, 'Infinity'], target: [1, 1, -1, 1, 'NaN', 0] } },
  { slots: { input: [1e300, -1e300, 1e-300, 1e300], target: [-1, 1, 1, 1e-300] } }
]

/** Samples of a policy: ranks, broadcasting, no elements, infinities, NaN and extremes. */
export const sampled: readonly GoldenCase[] = [
  { shapes: { logprobs: [2, 3], old_logprobs: [2, 3], advantages: [2, 3] } },
  { shapes: { logprobs: [4], old_logprobs: [4], advantages: [1] } },
  { shapes: { logprobs: [], old_logprobs: [], advantages: [] } },
  { shapes: { logprobs: [2, 1, 3], old_logprobs: [1, 3], advantages: [2, 1, 1] } },
  { shapes: { logprobs: [1, 3], old_logprobs: [2, 1, 3], advantages: [] } },
  { shapes: { logprobs: [2, 1, 2, 1, 2], old_logprobs: [2, 1, 2, 1, 2], advantages: [2, 1, 1, 1, 1] } },
  { shapes: { logprobs: [0, 3], old_logprobs: [0, 3], advantages: [3] } },
  { shapes: { logprobs: [3, 0], old_logprobs: [1, 1], advantages: [3, 1] } },
  {
    slots: {
      logprobs: ['-Infinity', -1, '-Infinity', 'NaN', -1, -1],
      old_logprobs: [-1, '-Infinity', '-Infinity', -1, -1, -1],
      advantages: [1, 1, 1, 1, 'NaN', 'Infinity']
    }
  },
  {
    slots: {
      logprobs: [-1, -800, -1e-300, -1, -1e100], old_logprobs: [-800, -1, -1e-300, -1, -1], advantages: [0, 1, -1e300, 1e-300, 1e-300]
    }
  }
]

/** A long one. */
export const longSample: GoldenCase = { shapes: { logprobs: [2100], old_logprobs: [2100], advantages: [1] } }

/** … whose ratios are clipped: bounds and ties. */
export const clippedSamples: readonly GoldenCase[] = [
  ...sampled,
  longSample,
  {
    shapes: { logprobs: [2, 3], old_logprobs: [2, 3], advantages: [2, 3] },
    options: { clip_low_threshold: 0.25, clip_high_threshold: 5 }
  },
  { shapes: { logprobs: [2, 1, 3], old_logprobs: [1, 3], advantages: [2, 1, 1] }, options: { clip_high_threshold: 3 } },
  { slots: { logprobs: [-1, -1, -0.9, -1.1, -2, -1], old_logprobs: [-1, -1, -1, -1, -1, -2], advantages: [1, -1, 2, -2, 1, -1] } },
  { slots: { logprobs: [-1, -1, -2, -2], old_logprobs: [-1, -2, -1, -1], advantages: [0, 0, 0, -1] } },
  {
    slots: { logprobs: [-1, -1, -2, -1], old_logprobs: [-1, -1, -1, -2], advantages: [1, -1, 1, 1] },
    options: { clip_low_threshold: 1, clip_high_threshold: 1 }
  }
]

/** Embeddings with labels: longer than a vector, a pair, one alone, without features; no two alike, all alike, equal ones. */
export const labelledBatches: readonly GoldenCase[] = [
  { shapes: { input: [19, 33], labels: [19] } },
  { shapes: { input: [2, 3], labels: [2] } },
  { shapes: { input: [1, 3], labels: [1] } },
  { shapes: { input: [4, 0], labels: [4] } },
  { slots: { input: [[1, 2], [0.5, -1], [2, 1]], labels: [0, 1, 2] } },
  { slots: { input: [[1, 2], [0.5, -1], [2, 1]], labels: [-7, -7, -7] } },
  { slots: { input: [[1, 2], [1, 2], [1, 2], [2, 1]], labels: [0, 0, 1, 1] } }
]
