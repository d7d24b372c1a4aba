// Losses of lists of items along the last axis. In `lists` the mean is that of the lists which the kernel counts, and 0
// when it counts none; in `classwise` the items are classes, of which an option may hold one number each.
import { failAt } from '../../errors.js'
import { shapeIn, type Given, type Layout } from '../layout.js'
import { distributions } from './rows.js'

export function lists (given: Given): Layout { return { ...distributions(given), divisor: { repetition: 1 }, none: 0 } }

export function classwise (given: Given): Layout {
  const layout = distributions(given)
  const count = shapeIn(given, 'input').at(-1)!
  for (const [option, value] of Object.entries(given.options)) {
    if (!Array.isArray(value) || value.length === count) continue
    throw failAt('invalid_option', `/${option}`, `${option} holds ${value.length} numbers, expected one for each of ${count} classes`)
  }
  return layout
}
