// Losses of two vectors and what is said of them: (N, D) twice with a target (N), or (D) twice with a scalar.
import { formatShape, sameShape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { vectors } from './rows.js'

export function couples (given: Given): Layout {
  const [first, second, target] = Object.keys(given.slots) as [string, string, string]
  const shape = shapeIn(given, first)
  if (shape.length !== 1 && shape.length !== 2) throw badShape(given, first, 'expected vectors, shape (N, D) or (D)')
  if (!sameShape(shapeIn(given, second), shape)) throw badShape(given, second, `it must have the shape of ${first}, ${formatShape(shape)}`)
  const lead = shape.slice(0, -1)
  if (!sameShape(shapeIn(given, target), lead)) {
    throw badShape(given, target, `expected one for each pair of vectors, shape ${formatShape(lead)}`)
  }
  const tensors = new Map([...given.tensors].filter(([slot]) => slot !== target))
  const layout = vectors({ ...given, tensors })
  const pairs = { length: 1, stride: 1, axes: [[lead[0] ?? 1, 1]] as const, stretched: false }
  return { ...layout, maps: { ...layout.maps, [target]: pairs } }
}
