// Losses of one entry per element over preferred and rejected completions, of which the option `variant` decides what
// other slots and options mean.
import { failAt } from '../../errors.js'
import type { Given, Layout } from '../layout.js'
import { elements } from './elements.js'

/** Slots and options, with the variants that have a use for them. */
const LENGTHS = { slots: ['chosen_lengths', 'rejected_lengths'], of: ['ipo'] }
const SMOOTHING = { option: 'label_smoothing', of: ['sigmoid', 'robust'] }
/** From here on `robust` divides by 0 or less. */
const HALF = 0.5

export function preferences (given: Given): Layout {
  const variant = given.options.variant as string
  for (const slot of LENGTHS.slots) {
    const tensor = given.tensors.get(slot)
    if (tensor !== undefined && !LENGTHS.of.includes(variant)) {
      throw failAt('invalid_request', tensor.pointer, `${slot} is for variant ipo; it is ${variant}`)
    }
  }
  checkSmoothing(variant, given.options.label_smoothing as number)
  return elements(given)
}

function checkSmoothing (variant: string, smoothing: number): void {
  if (smoothing !== 0 && !SMOOTHING.of.includes(variant)) {
    throw failAt('invalid_option', '/label_smoothing', `label_smoothing is for variants sigmoid and robust; it is ${variant}`)
  }
  if (variant === 'robust' && smoothing >= HALF) {
    throw failAt('invalid_option', '/label_smoothing', `label_smoothing is ${smoothing}; variant robust takes less than 0.5`)
  }
}
