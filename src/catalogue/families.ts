// The families by name: each turns shapes into a layout.
import { axis } from './families/axis.js'
import { classes } from './families/classes.js'
import { clipped } from './families/clipped.js'
import { elements } from './families/elements.js'
import { encoding } from './families/encoding.js'
import { hinges } from './families/hinges.js'
import { pairs, peers, pool } from './families/pairs.js'
import { pointwise } from './families/pointwise.js'
import { ranked } from './families/ranked.js'
import { distributions, vectors } from './families/rows.js'
import type { Given, Layout, Measure } from './layout.js'

export const FAMILIES = {
  axis, classes, clipped, distributions, elements, encoding, hinges, pairs, peers, pointwise, pool, ranked, vectors
} as const satisfies Record<string, (given: Given) => Layout | Measure>

export type Family = keyof typeof FAMILIES
