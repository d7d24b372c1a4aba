// Losses of one entry per element in which a slot may lack the last axis of input: it gets one of length 1.
import { broadcastShapes, formatShape, sameShape, type Shape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { elements } from './elements.js'

/** A list in the option `quantile` has the last axis of input for itself; target lacks it. */
export function quantiles (given: Given): Layout {
  const { quantile } = given.options
  if (!Array.isArray(quantile)) return elements(given)
  const [input, target] = [shapeIn(given, 'input'), shapeIn(given, 'target')]
  if (input.at(-1) !== quantile.length) {
    throw badShape(given, 'input', `its last axis must have one element for each of the ${quantile.length} quantiles`)
  }
  const lead = input.slice(0, -1)
  if (broadcastShapes(lead, target) === null) {
    throw badShape(given, 'target', `it does not stretch to ${formatShape(lead)}, the shape of input without its last axis`)
  }
  return elements(reshaped(given, 'target', [...target, 1]))
}

/** PyTorch's rules for a variance: input's shape, or that without its last axis, or with one axis of 1; or a number. */
export function variances (given: Given): Layout {
  const [input, own] = [shapeIn(given, 'input'), shapeIn(given, 'var')]
  if (own.length === 0 || sameShape(own, input)) return elements(given)
  if (sameShape(own, input.slice(0, -1))) return elements(reshaped(given, 'var', [...own, 1]))
  const other = own.filter((size, axis) => size !== input[axis])
  if (own.length === input.length && other.length === 1 && other[0] === 1) return elements(given)
  throw badShape(given, 'var', `it must be a number, or have the shape of input, ${formatShape(input)}, ` +
    'which may lack its last axis or have 1 in one axis')
}

function reshaped (given: Given, slot: string, shape: Shape): Given {
  return { ...given, tensors: new Map([...given.tensors, [slot, { ...given.tensors.get(slot)!, shape }]]) }
}
