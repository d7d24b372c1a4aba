// Losses of one entry per element whose slots broadcast, but must have equally many axes.
import { elements } from './elements.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'

export function ranked (given: Given): Layout {
  const [first, ...rest] = Object.keys(given.slots) as [string, ...string[]]
  const rank = shapeIn(given, first).length
  for (const slot of rest) {
    if (shapeIn(given, slot).length !== rank) throw badShape(given, slot, `it must have as many axes as ${first}, ${rank}`)
  }
  return elements(given)
}
