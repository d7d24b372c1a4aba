// What the entries of losses of predictions beside true values share: slots and laws.
import { float, type GoldenCase, type Law, type SlotParts } from './define.js'

/** Predictions and true values. */
export const predictions = (parts: SlotParts = {}) => ({
  input: float('(*)', 'Predictions', parts),
  target: float('(*)', 'True values; broadcasts with input', parts)
})

/** … which a library takes only as real numbers. */
export const realPredictions = predictions({ integers: 'refuse' })

/** … with weights. */
export const weightedPredictions = {
  ...realPredictions,
  weight: float('(*)', 'Weight of each element, in the shape of input', { optional: true, fits: 'same', integers: 'refuse' })
}

/** Only the size of the difference counts. */
export const differenceLaws: readonly Law[] = [
  { law: 'non_negative' },
  { law: 'zero_at_target' },
  { law: 'symmetric', slots: ['input', 'target'] },
  { law: 'shift_invariant', slots: ['input', 'target'] }
]

/** Shapes of cases: scalars, weights, tails of blocks, axes that stretch, nothing. */
export const predictionShapes: readonly GoldenCase[] = [
  { shapes: { input: [], target: [] } },
  { shapes: { input: [3, 7], target: [3, 7], weight: [3, 7] } },
  { shapes: { input: [5001], target: [5001] } },
  { shapes: { input: [2, 1, 3, 1, 2], target: [3, 2, 2] } },
  { shapes: { input: [2, 1], target: [1, 1] } },
  { shapes: { input: [0, 3], target: [0, 3] } }
]
