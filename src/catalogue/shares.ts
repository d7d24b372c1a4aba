// sample_weight and mask: two slots that every loss of independent entries takes. An entry counts as much as its weight
// says, and not at all where the mask is 0: what is masked is not read, so that a NaN or a class that there is not does no
// harm there. The mean divides by the sum of what is kept: of the sample weights, times the weights that the loss itself
// divides by.
import type { Divisor, Stage } from '../engine/job.js'
import { MASK, SAMPLE_WEIGHT } from '../kernels/layout.js'
import { formatShape } from '../tensor/shape.js'
import type { Slot } from './define.js'
import { badShape, elementMap, stretchesTo, type Given, type Layout } from './layout.js'

/** Families whose entries depend on one another, or share a matrix of products. */
const DEPENDENT: ReadonlySet<string> = new Set([
  ...['pairs', 'pool', 'peers', 'views', 'embeddings', 'features', 'prototypes', 'proxies'],
  'perplexities'
])

/** The slots, as far as a loss of `family` takes them besides its `own`. */
export function sharesFor (kind: string, family: string, own: Readonly<Record<string, Slot>>): Record<string, Slot> {
  if (kind !== 'loss' || DEPENDENT.has(family)) return {}
  return Object.fromEntries(Object.entries(SLOTS).filter(([name]) => !(name in own)))
}

const common = { shape: '(of the unreduced loss)', optional: true, differentiable: false, integers: 'convert', fits: 'within' } as const

const SLOTS: Readonly<Record<string, Slot>> = {
  sample_weight: {
    ...common, kind: 'float', domain: 'positive', description: 'What each entry of the unreduced loss counts; mean divides by the sum'
  },
  mask: {
    ...common, kind: 'index', domain: 'binary', description: 'Entries that count, 1 or true; those with 0 or false are not read'
  }
}

/** The same, for readers. */
export const SHARES_TEXT = 'Losses whose entries do not depend on one another also take `sample_weight` and `mask`, in a shape that stretches to ' +
  'that of the unreduced loss. Each entry is multiplied by its sample weight. Entries whose mask is 0 (or `false`) are not read at ' +
  'all: a NaN, or a class that there is not, does no harm there; they are 0 under `none`, and so are their gradients. `sum` adds up ' +
  'what is kept; `mean` divides by the sum of the sample weights that are kept (their number without sample weights), each times the ' +
  'weight that the loss itself divides by, such as that of its class in `cross_entropy`; `batchmean` divides by the first dimension ' +
  'as ever. The mean of nothing is NaN. Neither slot has a gradient. Losses that compare their samples with one another, such as ' +
  '`info_nce`, or with whole regions, such as `dice`, take neither: leaving a sample out would change the others. Nor do those whose ' +
  'parameters are slots, such as `linear_cross_entropy`: there `grad_output` weighs samples.'

/** How shares enter the kernels. */
const NONE = 0
const SHARED = 1
const WITH_OWN_WEIGHTS = 2
/** Nanoseconds for an entry. */
const COST = 4

/** `layout` with the shares that came. */
export function withShares (given: Given, layout: Layout): Layout {
  const came = Object.keys(SLOTS).filter(slot => given.tensors.has(slot) && !(slot in given.slots))
  if (came.length === 0) return layout
  for (const slot of came) checkFit(given, slot, layout)
  const plain = typeof layout.divisor === 'number'
  const sum = withOperands(layout.sum)
  return {
    ...layout,
    sum,
    order: orderWith(layout.order, came),
    maps: { ...layout.maps, ...Object.fromEntries(came.map(slot => [slot, elementMap(given.tensors.get(slot)!.shape, layout.shape)])) },
    divisor: layout.fixedDivisor === true ? layout.divisor : divisorWith(layout, sum),
    shares: plain ? SHARED : SHARED + WITH_OWN_WEIGHTS
  }
}

/** Layouts without shares. */
export const NO_SHARES = NONE

function checkFit (given: Given, slot: string, { shape }: Layout): void {
  if (stretchesTo(given.tensors.get(slot)!.shape, shape)) return
  throw badShape(given, slot, `it must stretch to the shape of the unreduced loss, ${formatShape(shape)}`)
}

function orderWith (order: Layout['order'], came: readonly string[]): Layout['order'] {
  const places = Array.from({ length: SAMPLE_WEIGHT }, (_, k) => order[k] ?? null)
  places[SAMPLE_WEIGHT] = came.includes('sample_weight') ? 'sample_weight' : null
  places[MASK] = came.includes('mask') ? 'mask' : null
  return places
}

function withOperands (stage: Stage): Stage {
  return stage.reads === undefined ? stage : { ...stage, reads: [...stage.reads, SAMPLE_WEIGHT, MASK] }
}

/** The stage that adds up the shares, in the blocks of `sum`. */
function adding ({ count, block }: Stage): Stage {
  return { kernel: 'shares', count, block, extents: [], scratch: 0, cost: block * COST, reads: [SAMPLE_WEIGHT, MASK] }
}

/**
 * The shares in the place of a number of entries; weights of the loss's own are added up with them by the stage that sums.
 * So are the shares where gradients have stages of their own, which come after it.
 */
function divisorWith ({ divisor, after }: Layout, sum: Stage): Divisor {
  if (typeof divisor !== 'number') return { repetition: divisor.repetition }
  return { repetition: 1, fixed: true, ...after === undefined && { weigh: adding(sum) } }
}
