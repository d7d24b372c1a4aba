// Losses of two boxes, each a row of four corners (x1, y1, x2, y2). A mean over no boxes is 0.
import { sameShape, formatShape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { distributions } from './rows.js'

export function boxes (given: Given): Layout {
  const shape = shapeIn(given, 'boxes1')
  if (shape.at(-1) !== 4) throw badShape(given, 'boxes1', 'expected corners (x1, y1, x2, y2) along the last axis, shape (…, 4)')
  if (!sameShape(shapeIn(given, 'boxes2'), shape)) throw badShape(given, 'boxes2', `it must have the shape of boxes1, ${formatShape(shape)}`)
  return { ...distributions(given), none: 0 }
}
