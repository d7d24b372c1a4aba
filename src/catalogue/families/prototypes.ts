// Losses of labelled embeddings against one vector for each class: in `prototypes` each embedding against all of these
// vectors, in `proxies` each of these vectors against all embeddings.
import { formatShape, sameShape, type Shape } from '../../tensor/shape.js'
import { badShape, shapeIn, type Given, type Layout } from '../layout.js'
import { elementsOf, matrix, rowsOf, type Plan, type Vectors } from './matrix.js'
import { DISTANCES } from '../../kernels/matrix/layout.js'

/** Scratch lists of a row's length that these losses use. */
const SPARES = 2
/** The place of the class vectors among the slots. */
const CLASSES = 2

/** Rows are embeddings, columns the vectors of the classes. */
export function prototypes (given: Given): Layout {
  const [input, classes] = sidesOf(given)
  return matrix(given, { ...common(given), rows: input, columns: classes, ...given.id === 'proxy_nca' ? { flags: DISTANCES } : {} })
}

/** Rows are the vectors of the classes, columns embeddings; what each class has of its own is counted beforehand. */
export function proxies (given: Given): Layout {
  const [input, classes] = sidesOf(given)
  return matrix(given, {
    ...common(given), rows: classes, columns: input, first: [{ name: 'present', over: 'rows', cost: 1 }], statistics: 1
  })
}

function common (given: Given): Pick<Plan, 'order' | 'length' | 'spares'> {
  return { order: Object.keys(given.slots), length: shapeIn(given, 'input')[1]!, spares: SPARES }
}

/** The embeddings with their labels, and the vectors of the classes. */
function sidesOf (given: Given): [input: Vectors, classes: Vectors] {
  const slot = Object.keys(given.slots)[CLASSES]!
  const input = shapeIn(given, 'input')
  const classes = shapeIn(given, slot)
  if (input.length !== 2) throw badShape(given, 'input', 'expected rows of embeddings, shape (M, D)')
  if (classes.length !== 2) throw badShape(given, slot, 'expected one vector for each class, shape (C, D)')
  if (classes[1] !== input[1]) throw badShape(given, slot, `expected vectors of the length of input's, ${input[1]}`)
  if (!sameShape(shapeIn(given, 'labels'), [input[0]!])) {
    throw badShape(given, 'labels', `expected one label for each row, shape ${formatShape([input[0]!])}`)
  }
  return [{ ...side(given, 'input', input), labels: { slot: 'labels', map: elementsOf(input[0]!) } }, side(given, slot, classes)]
}

function side (given: Given, slot: string, shape: Shape): Vectors {
  return { slot, map: rowsOf(shape), count: shape[0]!, normalize: given.options.normalize !== false }
}
