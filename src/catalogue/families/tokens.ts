// Losses of a language model: logits (B, T, V) or (T, V) and the tokens (B, T) or (T). The logits of a position score the
// token behind it, so that the last position scores none; without `shift` they score the token that stands beside them.
import type { AxisMap, Stage } from '../../engine/job.js'
import { PARTIAL_SIZE } from '../../kernels/layout.js'
import { collapseAxes, formatShape, sameShape, sizeOf, type Shape } from '../../tensor/shape.js'
import { badShape, batchOf, rowsPerBlock, shapeIn, type Given, type Layout } from '../layout.js'
import { COST, weighing } from './classes.js'
import { rowStage } from './rows.js'

/** Sequences to a block of perplexities, and nanoseconds for each. */
const SEQUENCES = 64
const SEQUENCE_COST = 200

/** The scored positions, row by row of logits. */
interface Rows {
  readonly shape: Shape
  readonly count: number
  readonly classes: number
  /** Positions of a sequence that score a token, and those behind them that score none. */
  readonly positions: number
  readonly dropped: number
  readonly maps: Readonly<Record<string, AxisMap>>
}

export function tokens (given: Given): Layout {
  const rows = rowsOf(given)
  const block = rowsPerBlock(rows.classes)
  const items = given.options.num_items as number
  return {
    ...common(rows),
    shape: rows.shape,
    batch: batchOf(rows.shape),
    fixedDivisor: items > 0,
    divisor: items > 0 ? items : { repetition: 1, weigh: weighing(rows.count, block) },
    sum: { ...scoring(given, rows, block), reads: [0, 1, 2] }
  }
}

/** Every sequence, or all of them together, is one entry; its tokens are scored beforehand, and again for gradients. */
export function perplexities (given: Given): Layout {
  const rows = rowsOf(given)
  const together = given.options.per === 'batch'
  const shape = together ? [] : rows.shape.slice(0, -1)
  const sequences = sizeOf(shape)
  const most = rowsPerBlock(rows.classes)
  const block = together ? most : divisorUpTo(rows.positions, most)
  const stage = scoring(given, rows, block)
  const blocks = Math.ceil(rows.count / block)
  const extents = [...stage.extents, together ? Math.max(blocks, 1) : Math.max(rows.positions / block, 1), blocks]
  return {
    ...common(rows),
    shape,
    batch: batchOf(shape),
    divisor: sequences,
    parts: !together,
    before: [{ ...stage, kernel: `${given.id}_tokens`, extents, reads: [0, 1, 2] }],
    sum: {
      ...{ kernel: given.id, count: sequences, block: SEQUENCES, extents, scratch: 0 },
      cost: Math.min(sequences, SEQUENCES) * SEQUENCE_COST
    },
    after: [{ ...stage, kernel: `${given.id}_gradient`, extents }],
    work: blocks * PARTIAL_SIZE + sequences * 8
  }
}

/** What both share. */
function common ({ maps }: Rows): Pick<Layout, 'order' | 'maps'> { return { order: ['logits', 'input_ids', 'weight'], maps } }

function rowsOf (given: Given): Rows {
  const logits = shapeIn(given, 'logits')
  if (logits.length !== 2 && logits.length !== 3) throw badShape(given, 'logits', 'expected (B, T, V) or (T, V)')
  const [length, classes] = logits.slice(-2) as [number, number]
  checkSlots(given, logits.slice(0, -1), classes)
  const shift = given.options.shift === true && length > 0 ? 1 : 0
  const positions = length - shift
  const shape = [...logits.slice(0, -2), positions]
  const sequences = sizeOf(logits.slice(0, -2))
  const walk = (width: number) => collapseAxes([sequences, positions], [length * width, width])
  const own = { stretched: false, stride: 1 }
  return {
    ...{ shape, count: sizeOf(shape), classes, positions, dropped: shift * sequences },
    maps: {
      logits: { ...own, length: classes, axes: walk(classes) },
      input_ids: { ...own, length: 1, axes: walk(1), start: shift },
      weight: { length: classes, stride: 1, axes: [[sizeOf(shape), 0]], stretched: true }
    }
  }
}

function checkSlots (given: Given, shape: Shape, classes: number): void {
  if (!sameShape(shapeIn(given, 'input_ids'), shape)) {
    throw badShape(given, 'input_ids', `expected a token for each row of logits, shape ${formatShape(shape)}`)
  }
  if (given.tensors.has('weight') && !sameShape(shapeIn(given, 'weight'), [classes])) {
    throw badShape(given, 'weight', `expected one weight for each token of the vocabulary, shape [${classes}]`)
  }
}

/** The stage that scores tokens. */
function scoring (given: Given, { count, classes, positions, dropped }: Rows, block: number): Stage {
  return { ...rowStage(given, count, classes, COST, block), extents: [0, positions, dropped] }
}

/** The greatest divisor of `count` that is at most `most`; 1 for nothing. */
function divisorUpTo (count: number, most: number): number {
  let divisor = Math.max(Math.min(count, most), 1)
  while (count % divisor !== 0) divisor--
  return divisor
}
