// Losses of the scores along the last axis: of one class index to a vector of scores (`labelled`; `margins` with the
// shapes of PyTorch's multi_margin_loss), of a list of class indices (`multilabel`), of a mark to every score, where the
// option `binary` says so (`labelledOrBinary`), or of a vector of marks (`marked`).
import { formatShape, sameShape, sizeOf, type Shape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { checkWeight } from './classes.js'
import { elements } from './elements.js'
import { distributions, rowLayout } from './rows.js'

/** Nanoseconds for a score. */
const COST = { single: 4, double: 4 }

export function labelled (given: Given): Layout {
  const shape = leadingShape(given)
  if (!sameShape(shapeIn(given, 'target'), shape)) throw badShape(given, 'target', `expected class indices of shape ${formatShape(shape)}`)
  return layOut(given, shape, shapeIn(given, 'input').at(-1)!, 1)
}

export function labelledOrBinary (given: Given): Layout {
  return given.options.binary === true ? elements({ ...given, id: `${given.id}_binary` }) : labelled(given)
}

/** The loss has the shape of the target: one index for each vector, with or without an axis where there is but one. */
export function margins (given: Given): Layout {
  const [rows, classes] = checkScores(given)
  const target = shapeIn(given, 'target')
  if (target.length > 1 || sizeOf(target) !== rows) throw badShape(given, 'target', `expected class indices, of shape [${rows}]`)
  checkWeight(given, classes)
  return layOut(given, target, classes, 1)
}

export function multilabel (given: Given): Layout {
  const [, classes] = checkScores(given)
  const input = shapeIn(given, 'input')
  if (!sameShape(shapeIn(given, 'target'), input)) throw badShape(given, 'target', `it must have the shape of input, ${formatShape(input)}`)
  return layOut(given, input.slice(0, -1), classes, classes)
}

export function marked (given: Given): Layout {
  const layout = distributions(given)
  if (layout.maps.input!.length === 0) throw badShape(given, 'input', 'it must have at least one class')
  return layout
}

/** The shape of input without its class axis. */
function leadingShape (given: Given): Shape {
  const input = shapeIn(given, 'input')
  if (input.length === 0) throw badShape(given, 'input', 'it must have a class axis: (…, C)')
  return input.slice(0, -1)
}

/** Rows and classes of PyTorch's margin losses. */
function checkScores (given: Given): [rows: number, classes: number] {
  const input = shapeIn(given, 'input')
  if (input.length > 2) throw badShape(given, 'input', 'expected (C) or (N, C)')
  const classes = input.at(-1) ?? 1
  if (classes === 0) throw badShape(given, 'input', 'it must have at least one class')
  return [input.length > 1 ? input[0]! : 1, classes]
}

/** Operands lie row after row: the scores of the classes, and `indices`; all rows have the same weights. */
function layOut (given: Given, shape: Shape, classes: number, indices: number): Layout {
  const count = sizeOf(shape)
  return rowLayout(given, shape, classes, COST, {
    input: { length: classes, stride: 1, axes: [[count, classes]], stretched: false },
    target: { length: indices, stride: 1, axes: [[count, indices]], stretched: false },
    weight: { length: classes, stride: 1, axes: [[count, 0]], stretched: true }
  })
}
