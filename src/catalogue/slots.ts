// Slots that several losses share, what there is to say of them, and laws.
import { float, type Law, type Slot } from './define.js'

/** Two lists of boxes. */
export const boxSlots: Readonly<Record<string, Slot>> = {
  boxes1: float('(…, 4)', 'Boxes, as corners (x1, y1, x2, y2)', { domain: 'box' }),
  boxes2: float('(…, 4)', 'Boxes to compare them with, in the shape of boxes1', { domain: 'box' })
}

/** Conventions of losses of boxes. */
export const boxNotes: readonly string[] = [
  'A mean over no boxes is 0, as in torchvision.',
  'Nothing checks that x1 < x2 and y1 < y2: inverted boxes go through the formula. Boxes that only touch share nothing, without a gradient.',
  'Where corners tie, each has half of the gradient of the overlap and of the enclosing box.'
]

/** Laws of losses of boxes, of which none is above `bound`. */
export function boxLaws (bound: number): readonly Law[] {
  const slots = ['boxes1', 'boxes2'] as const
  return [{ law: 'non_negative' }, { law: 'at_most', bound }, { law: 'symmetric', slots }, { law: 'shift_invariant', slots }]
}

/** Vectors, each with one of its kind and one of another. */
export const tripletSlots: Readonly<Record<string, Slot>> = {
  anchor: float('(…, D)', 'Vectors'),
  positive: float('(…, D)', 'Vectors that are to be near; as many axes as anchor, which broadcast'),
  negative: float('(…, D)', 'Vectors that are to be far; as many axes as anchor, which broadcast')
}

/** Shares of classes, and weights of the classes. */
export const overlapSlots: Readonly<Record<string, Slot>> = {
  input: float('(*)', 'Probabilities, or logits for the activation', { domain: 'probability' }),
  target: float('(*)', 'True shares, in the shape of input: 0 or 1, or anything between', { domain: 'probability' }),
  class_weights: float('(C)', 'Weight of each class of the last axis, which dims must leave', { optional: true, domain: 'positive' })
}
