// Losses of three vectors along the last axis, of equal rank; beyond that they broadcast, as vectors do.
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { vectors } from './rows.js'

export function triplets (given: Given): Layout {
  const [first, ...rest] = Object.keys(given.slots) as [string, ...string[]]
  const { length } = shapeIn(given, first)
  for (const slot of rest) {
    if (shapeIn(given, slot).length !== length) throw badShape(given, slot, `it must have as many axes as ${first}, ${length}`)
  }
  return vectors(given)
}
