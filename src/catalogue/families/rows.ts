// Losses of vectors along the last axis; leading axes broadcast. In `distributions` the last axes are equal, in
// `vectors` they stretch too.
import type { Stage } from '../../engine/job.js'
import { broadcastShapes, sizeOf, type Shape } from '../../tensor/shape.js'
import {
  badShape, batchOf, commonShape, costIn, rowMap, rowsPerBlock, shapeIn, type Costs, type Given, type Layout
} from '../layout.js'

/** Nanoseconds for an element. */
const COST = { single: 4, double: 12 }
/** Bytes of the records that a kernel keeps before its rows (kernels/rowwise.ts, kernels/rows/scores.ts). */
const HEAD = 512
/** Rows that a kernel may use besides its operands'. */
const SPARE_ROWS = 6

/** Scratch for rows of `length`: up to four slots with a gradient each, an answer and its upstream gradient, spares. */
export function rowScratch (length: number): number {
  return HEAD + (10 + SPARE_ROWS) * (Math.ceil(length / 2) * 16)
}

/** What evaluates `count` rows of `length`, of which an element costs so much; it may be told more. */
export function rowStage (given: Given, count: number, length: number, costs: Costs, block = rowsPerBlock(length)): Stage {
  return { kernel: given.id, count, block, extents: [], scratch: rowScratch(length), cost: block * length * costIn(given, costs) }
}

/** The layout of a loss of rows of `length`, of which one is an entry of `shape`; its operands are all its slots. */
export function rowLayout (given: Given, shape: Shape, length: number, costs: Costs, maps: Layout['maps']): Layout {
  const slots = Object.keys(given.slots)
  const count = sizeOf(shape)
  const sum = { ...rowStage(given, count, length, costs), reads: slots.map((_, k) => k) }
  return { shape, batch: batchOf(shape), divisor: count, order: slots, maps, sum }
}

export function distributions (given: Given): Layout { return rows(given, false) }

export function vectors (given: Given): Layout { return rows(given, true) }

function rows (given: Given, stretchesRow: boolean): Layout {
  const present = Object.keys(given.slots).filter(slot => given.tensors.has(slot))
  for (const slot of present) {
    if (shapeIn(given, slot).length === 0) throw badShape(given, slot, 'it must have at least one axis')
  }
  const shape = commonShape(given, present, 1)
  const length = present.reduce((common, slot) => rowLength(given, slot, common, stretchesRow), shapeIn(given, present[0]!).at(-1)!)
  const maps = Object.fromEntries(present.map(slot => [slot, rowMap(shapeIn(given, slot), shape, length)]))
  return rowLayout(given, shape, length, COST, maps)
}

function rowLength (given: Given, slot: string, common: number, stretches: boolean): number {
  const own = shapeIn(given, slot).at(-1)!
  const both = stretches ? broadcastShapes([common], [own])?.[0] : own === common ? own : undefined
  if (both === undefined) throw badShape(given, slot, `its last axis has length ${own}, expected ${common}`)
  return both
}
