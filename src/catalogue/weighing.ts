// Sample weights and masks as parts of a layout: two operands more, and a mean that divides by what they add up to.
import type { Divisor, Stage } from '../engine/job.js'
import { MASK, SAMPLE_WEIGHT } from '../kernels/layout.js'
import { formatShape, type Shape } from '../tensor/shape.js'
import { badShape, elementMap, shapeIn, stretchesTo, type Given, type Layout } from './layout.js'

/** The slots that losses have in common. */
export type Share = 'sample_weight' | 'mask'
const SHARES: readonly Share[] = ['sample_weight', 'mask']

/** How sample weights and masks enter the kernels. */
const SHARED = 1
const WITH_OWN_WEIGHTS = 2
/** Nanoseconds for an entry. */
const COST = 4

/** `layout` with the shares of entries that came. */
export function withShares (given: Given, layout: Layout): Layout {
  const came = sharesIn(given)
  if (came.length === 0) return layout
  checkShares(given, came, layout.shape, `the shape of the unreduced loss, ${formatShape(layout.shape)}`)
  return weighed(withOperands(given, layout, came, layout.shape))
}

/** Those that came and are not the loss's own. */
export function sharesIn (given: Given): readonly Share[] {
  return SHARES.filter(slot => given.tensors.has(slot) && !(slot in given.slots))
}

/** @throws Failure that names the slot when one of `came` does not stretch to `shape` */
export function checkShares (given: Given, came: readonly Share[], shape: Shape, what: string): void {
  const wrong = came.find(slot => !stretchesTo(shapeIn(given, slot), shape))
  if (wrong !== undefined) throw badShape(given, wrong, `it must stretch to ${what}`)
}

/** `layout` with the operands of `came`, whose entries lie as `shape`. */
export function withOperands (given: Given, layout: Layout, came: readonly Share[], shape: Shape): Layout {
  const order = Array.from({ length: SAMPLE_WEIGHT }, (_, k) => layout.order[k] ?? null)
  order[SAMPLE_WEIGHT] = came.includes('sample_weight') ? 'sample_weight' : null
  order[MASK] = came.includes('mask') ? 'mask' : null
  const maps = Object.fromEntries(came.map(slot => [slot, elementMap(shapeIn(given, slot), shape)]))
  return { ...layout, order, maps: { ...layout.maps, ...maps } }
}

/** `layout` with a mean over shares. */
export function weighed (layout: Layout): Layout {
  const { divisor, fixedDivisor, sum } = layout
  const reading = sum.reads === undefined ? sum : { ...sum, reads: [...sum.reads, SAMPLE_WEIGHT, MASK] }
  return {
    ...layout,
    sum: reading,
    divisor: fixedDivisor === true ? divisor : divisorWith(layout, reading),
    shares: typeof divisor === 'number' ? SHARED : SHARED + WITH_OWN_WEIGHTS
  }
}

/**
 * The shares in the place of a number of entries; weights of the loss's own are added up with them by the stage that sums.
 * So are the shares where gradients have stages of their own, which come after it.
 */
function divisorWith ({ divisor, after }: Layout, { count, block }: Stage): Divisor {
  if (typeof divisor !== 'number') return { repetition: divisor.repetition }
  return { repetition: 1, fixed: true, ...after === undefined && { weigh: adding(count, block) } }
}

/** The stage that adds up the shares of `count` entries. */
export function adding (count: number, block: number): Stage {
  return { kernel: 'shares', count, block, extents: [], scratch: 0, cost: block * COST, reads: [SAMPLE_WEIGHT, MASK] }
}
