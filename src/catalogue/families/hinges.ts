// Losses of scores and labels of ±1, which may also come as 0 and 1. Whether they do can depend on all of them.
import { elements } from './elements.js'
import type { Given, Layout, Measure } from '../layout.js'
import { withShares } from '../weighing.js'

export function hinges (given: Given): Layout | Measure {
  const layout = elements(given)
  const encoding = given.options.label_encoding
  if (encoding !== 'auto') return encoded(layout, encoding === '01')
  const unweighted = new Map([...given.tensors].filter(([slot]) => slot !== 'sample_weight'))
  return { measure: withShares({ ...given, tensors: unweighted }, others(layout)), then: count => encoded(layout, count === 0) }
}

/** The kernel reads from the last extent whether labels are 0 and 1. */
function encoded (layout: Layout, binary: boolean): Layout {
  return { ...layout, sum: { ...layout.sum, extents: [...layout.sum.extents, binary ? 1 : 0] } }
}

/** Counts the labels that are neither 0 nor 1, masked ones left out. */
function others (layout: Layout): Layout {
  return { ...layout, order: ['target'], sum: { ...layout.sum, kernel: 'other_labels', extents: [1], reads: [0] } }
}
