// Transforms of the vectors along the last axis: the answer has input's shape.
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { axis } from './axis.js'

export function lastAxis (given: Given): Layout {
  if (shapeIn(given, 'input').length === 0) throw badShape(given, 'input', 'it must have at least one axis')
  return axis({ ...given, options: { ...given.options, dim: -1 } })
}
