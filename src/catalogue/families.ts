// The families by name: each turns shapes into a layout.
import { axis } from './families/axis.js'
import { classes } from './families/classes.js'
import { elements } from './families/elements.js'
import { encoding } from './families/encoding.js'
import { features } from './families/features.js'
import { labelled } from './families/labelled.js'
import { linear } from './families/linear.js'
import { pairs, peers, pool } from './families/pairs.js'
import { pointwise } from './families/pointwise.js'
import { preferences } from './families/preferences.js'
import { prototypes, proxies } from './families/prototypes.js'
import { distributions, vectors } from './families/rows.js'
import { views } from './families/views.js'
import type { Given, Layout, Measure } from './layout.js'

export const FAMILIES = {
  ...{ axis, classes, distributions, elements, encoding, features, labelled, linear, pairs, peers, pointwise, pool },
  ...{ preferences, prototypes, proxies, vectors, views }
} as const satisfies Record<string, (given: Given) => Layout | Measure>

export type Family = keyof typeof FAMILIES
