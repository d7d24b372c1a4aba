// sample_weight and mask for losses that compare samples with one another, or with vectors of classes: a masked sample leaves
// the batch altogether. How many are kept is counted first; the family then lays out a batch of that many, and a list says
// where each of them is in the whole batch (CALL_KEPT).
import type { Stage } from '../engine/job.js'
import type { Tensor } from '../tensor/tensor.js'
import { shapeIn, type Given, type Layout, type Measure } from './layout.js'
import { adding, checkShares, sharesIn, weighed, withOperands, type Share } from './weighing.js'

/** Slots that hold a row, or more, for each sample; negatives do when each query has its own. */
const ROWS: ReadonlySet<string> = new Set(['input', 'labels', 'query', 'key'])
/** Samples to a block of those that are counted, and nanoseconds for one in the list. */
const BLOCK = 4096
const COST = 4

/** `layout`, which is what `family` makes of all samples, with the shares that came. */
export function withSamples (given: Given, layout: Layout, family: (given: Given) => Layout): Layout | Measure {
  const came = sharesIn(given)
  if (came.length === 0) return layout
  const samples = shapeIn(given, Object.keys(given.slots)[0]!)[0]!
  checkShares(given, came, [samples], `a number for each sample, shape [${samples}]`)
  if (!came.includes('mask')) return sharing(given, layout, came, samples)
  return { measure: counting(given, samples), then: (_, count) => keeping(given, layout, family, samples, count) }
}

/** `layout` with the shares of `samples` samples, times their views. */
function sharing (given: Given, layout: Layout, came: readonly Share[], samples: number): Layout {
  const reading = withOperands(given, layout, came, [layout.views ?? 1, samples])
  return came.includes('sample_weight') ? weighed(reading) : reading
}

/** Counts the samples that are kept. */
function counting (given: Given, samples: number): Layout {
  const nothing: Layout = { shape: [samples], batch: samples, divisor: { repetition: 1 }, order: [], maps: {}, sum: adding(samples, BLOCK) }
  return withOperands(given, nothing, ['mask'], [samples])
}

/** The layout of `count` samples out of all. */
function keeping (given: Given, all: Layout, family: (given: Given) => Layout, samples: number, count: number): Layout {
  const few = sharing(given, family(shortened(given, count)), sharesIn(given), samples)
  const views = all.views ?? 1
  return {
    ...few,
    shape: all.shape,
    batch: all.batch,
    maps: { ...few.maps, ...all.maps },
    before: [listing(samples, count, views), ...few.before ?? []],
    kept: count * views
  }
}

/** `given` as if only `count` samples had come. */
function shortened (given: Given, count: number): Given {
  const tensors = [...given.tensors].map(([slot, tensor]): [string, Tensor] => {
    const { shape } = tensor
    const hasRows = ROWS.has(slot) || (slot === 'negatives' && shape.length === 3)
    return [slot, hasRows ? { ...tensor, shape: [count, ...shape.slice(1)] } : tensor]
  })
  return { ...given, tensors: new Map(tensors) }
}

/** The stage that lists the samples that are kept. */
function listing (samples: number, count: number, views: number): Stage {
  return { kernel: 'kept', count: 1, block: 1, extents: [samples, count, views], scratch: 0, cost: samples * views * COST }
}
