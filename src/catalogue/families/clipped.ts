// Losses of one entry per element that clip a ratio between two thresholds.
import { failAt } from '../../errors.js'
import { elements } from './elements.js'
import type { Given, Layout } from '../layout.js'

export function clipped (given: Given): Layout {
  const low = given.options.clip_low_threshold as number
  const high = given.options.clip_high_threshold as number
  if (high >= low) return elements(given)
  throw failAt('invalid_option', '/clip_high_threshold', `clip_high_threshold is ${high}, expected at least clip_low_threshold, ${low}`)
}
