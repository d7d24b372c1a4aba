// sample_weight and mask: two slots that every loss of entries or samples takes besides its own. Losses whose entries do
// not depend on one another weigh and leave out entries, where they are; others weigh samples, and leave them out of the
// batch (samples.ts). What is masked is not read, so that a NaN or a class that there is not does no harm there.
import type { Slot } from './define.js'
import { FAMILIES, type Family } from './families.js'
import type { Given, Layout, Measure } from './layout.js'
import { withSamples } from './samples.js'
import { withShares, type Share } from './weighing.js'

/** Families whose losses have no entry for an element or a sample: they speak of the whole batch, or of each class. */
const NEITHER: ReadonlySet<string> = new Set(['features', 'proxies', 'perplexities'])
/** Families that compare samples. */
const SAMPLED: ReadonlySet<string> = new Set(['pairs', 'pool', 'peers', 'views', 'embeddings', 'prototypes'])

const common = { optional: true, differentiable: false, integers: 'convert', fits: 'within' } as const

/** The slots, for entries or for samples. */
function slotsOf (what: string, shape: string): Readonly<Record<Share, Slot>> {
  return {
    sample_weight: { ...common, shape, kind: 'float', domain: 'positive', description: `What each ${what} counts; mean divides by the sum` },
    mask: {
      ...common, shape, kind: 'index', domain: 'binary', description: `Which of them count: 1 or true; each ${what} with 0 or false is not read`
    }
  }
}

const OF_ENTRIES = slotsOf('entry of the unreduced loss', '(of the unreduced loss)')
const OF_SAMPLES = slotsOf('sample', '(one for each sample)')

/** The slots, as far as a loss of `family` takes them besides its `own`. */
export function sharesFor (kind: string, family: string, own: Readonly<Record<string, Slot>>): Record<string, Slot> {
  if (kind !== 'loss' || NEITHER.has(family)) return {}
  return Object.fromEntries(Object.entries(comparesSamples(family) ? OF_SAMPLES : OF_ENTRIES).filter(([name]) => !(name in own)))
}

/** Whether losses of `family` weigh and leave out samples, not entries. */
export function comparesSamples (family: string): boolean { return SAMPLED.has(family) }

/** The layout of what was given, shares included. */
export function layOut (family: Family, given: Given): Layout | Measure {
  const layout: Layout | Measure = FAMILIES[family](given)
  if ('measure' in layout) return { ...layout, then: (sum, divisor) => withShares(given, layout.then(sum, divisor)) }
  return comparesSamples(family) ? withSamples(given, layout, FAMILIES[family] as (given: Given) => Layout) : withShares(given, layout)
}

/** What they do, for readers. */
export const SHARES_TEXT = 'Losses that have an entry for each element or sample also take `sample_weight` and `mask`. Where entries do not depend ' +
  'on one another, both have a shape that stretches to that of the unreduced loss: each entry is multiplied by its sample weight, ' +
  'and entries whose mask is 0 (or `false`) are not read at all: a NaN, or a class that there is not, does no harm there. Losses that ' +
  'compare samples, such as `info_nce`, `supcon` or `arcface`, take a number for each sample, the first dimension of `input` or `query`: ' +
  'the losses of a sample (`nt_xent` has two) are multiplied by its weight, and a sample whose mask is 0 leaves the batch altogether, as an anchor, ' +
  'as a positive and as a negative; the answer is that of a request without it. What is masked is 0 under `none`, and so are its gradients. ' +
  '`sum` adds up what is kept; `mean` divides by the sum of the sample weights that are kept (their number without sample weights), ' +
  'each times the weight that the loss itself divides by, such as that of its class in `cross_entropy`; `batchmean` divides by the first ' +
  'dimension as ever. The mean of nothing is NaN, or 0 where the notes of the loss say so. Neither slot has a gradient. Losses of the batch ' +
  'as a whole, such as `vicreg` and `perplexity`, and of each class, as `proxy_anchor`, take neither.'
