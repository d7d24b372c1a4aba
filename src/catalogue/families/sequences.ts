// Losses of sequences of log-probabilities (T, N, C) or (T, C) whose targets are shorter sequences of labels, with the
// lengths of both. A sample is an entry, and a block.
import { sizeOf, formatShape, sameShape, type Shape } from '../../tensor/shape.js'
import { failAt } from '../../errors.js'
import { badShape, batchOf, shapeIn, type Given, type Layout } from '../layout.js'

/** Nanoseconds for a state of a frame, alone and with its gradient; for a log-probability whose gradient is wanted. */
const STATE_COST = 20
const STATE_GRADIENT_COST = 55
const GRADIENT_COST = 6

/** Frames, samples, classes, and what is known of the targets. */
interface Sizes {
  readonly frames: number
  readonly samples: number
  readonly classes: number
  /** Labels that a sample has room for; 0 where targets stand one after the other. */
  readonly columns: number
  readonly labels: number
}

export function sequences (given: Given): Layout {
  const input = shapeIn(given, 'log_probs')
  if (input.length !== 2 && input.length !== 3) throw badShape(given, 'log_probs', 'expected (T, N, C) or (T, C)')
  if (sizeOf(input) === 0) throw badShape(given, 'log_probs', 'it must not be empty')
  const [frames, classes] = [input[0]!, input.at(-1)!]
  const shape = input.slice(1, -1)
  const samples = sizeOf(shape)
  checkBlank(given, classes)
  for (const slot of ['input_lengths', 'target_lengths']) checkLengths(given, slot, samples)
  const { columns, labels } = checkTargets(given, samples)
  const perLabel = given.reduction === 'mean'
  return {
    shape,
    batch: batchOf(shape),
    divisor: samples,
    parts: !perLabel,
    order: ['log_probs', 'targets', 'input_lengths', 'target_lengths'],
    maps: { log_probs: { length: classes, stride: 1, axes: [], stretched: false } },
    sum: stage(given, { frames, samples, classes, columns, labels }, perLabel)
  }
}

function stage (given: Given, { frames, samples, classes, columns, labels }: Sizes, perLabel: boolean) {
  const wanted = given.gradients.has('log_probs')
  const most = Math.min(columns > 0 ? columns : labels, frames)
  const states = frames * (2 * most + 1)
  return {
    kernel: given.id,
    count: samples,
    block: 1,
    extents: [frames, samples, classes, columns, labels, most, Number(perLabel)],
    scratch: scratchOf(most, wanted ? frames : 1, classes),
    cost: wanted ? states * STATE_GRADIENT_COST + frames * classes * GRADIENT_COST : states * STATE_COST
  }
}

/** Bytes of what kernels/sequences/alignment.ts lays out: `rows` rows of α, and one row each of the rest. */
function scratchOf (most: number, rows: number, classes: number): number {
  const states = 8 * (2 * most + 6)
  return 256 + 8 * most + (rows + 3) * states + 2 * 8 * (classes + 1)
}

function checkBlank ({ options }: Given, classes: number): void {
  const blank = options.blank as number
  if (blank >= 0 && blank < classes) return
  throw failAt('invalid_option', '/blank', `blank ${blank} is outside [0, ${classes})`)
}

function checkLengths (given: Given, slot: string, samples: number): void {
  const shape = shapeIn(given, slot)
  const unbatched = shapeIn(given, 'log_probs').length === 2
  if (sameShape(shape, [samples]) || (unbatched && shape.length === 0)) return
  throw badShape(given, slot, unbatched ? 'expected one number' : `expected one length for each sample, shape [${samples}]`)
}

/** Targets in rows, which may be longer than needed, or one after the other. */
function checkTargets (given: Given, samples: number): { columns: number, labels: number } {
  const shape: Shape = shapeIn(given, 'targets')
  if (shape.length === 1) return { columns: 0, labels: shape[0]! }
  if (shape.length === 2 && shape[0] === samples) return { columns: shape[1]!, labels: sizeOf(shape) }
  throw badShape(given, 'targets', `expected (N, S) with ${samples} rows, or one row of all; not ${formatShape(shape)}`)
}
