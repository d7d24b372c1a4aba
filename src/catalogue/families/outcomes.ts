// Losses of class probabilities along the last axis, or of the probability of one outcome, and of a target that holds a class
// index for each of them, or probabilities in the shape of input.
import { formatShape, sameShape, sizeOf, type Shape } from '../../tensor/shape.js'
import { badShape, batchOf, rowMap, shapeIn, type Given, type Layout } from '../layout.js'
import { checkWhole } from './classes.js'
import { rowStage } from './rows.js'

/** Nanoseconds for an element. */
const COST = { single: 6, double: 10 }

/** Rows of `input` along its last axis, or of one element each, and a target for each of them. */
interface Rows {
  /** Shape without the classes. */
  readonly lead: Shape
  readonly length: number
  readonly indexed: boolean
  readonly extents: readonly number[]
}

export function outcomes (given: Given): Layout {
  const input = shapeIn(given, 'input')
  if (input.length === 0) throw badShape(given, 'input', 'expected probabilities of shape (N) or (…, C)')
  const binary = input.length === 1
  const indexed = !sameShape(shapeIn(given, 'target'), input)
  const lead = binary ? input : input.slice(0, -1)
  checkTarget(given, binary ? null : lead, input)
  const layout = layOut(given, { lead, length: binary ? 1 : input.at(-1)!, indexed, extents: [0, Number(binary), Number(indexed)] })
  if (!indexed) return layout
  checkWhole(given)
  return { ...layout, indices: ['target'] }
}

/** Refuses a target that has neither the shape of indices nor that of probabilities, where there are such. */
function checkTarget (given: Given, indices: Shape | null, probabilities: Shape): void {
  const shape = shapeIn(given, 'target')
  if ([indices, probabilities].some(wanted => wanted !== null && sameShape(shape, wanted))) return
  throw badShape(given, 'target', 'expected ' + [
    ...indices === null ? [] : [`class indices of shape ${formatShape(indices)}`],
    ...probabilities === null ? [] : [`probabilities of shape ${formatShape(probabilities)}`]
  ].join(' or '))
}

function layOut (given: Given, { lead, length, indexed, extents }: Rows): Layout {
  const count = sizeOf(lead)
  const rows = rowMap([...lead, length], lead, length)
  return {
    shape: lead,
    batch: batchOf(lead),
    divisor: count,
    order: ['input', 'target'],
    maps: { input: rows, target: indexed ? rowMap([...lead, 1], lead, 1) : rows },
    sum: { ...rowStage(given, count, length, COST), extents, reads: [0, 1] }
  }
}
