// The families by name: each turns shapes into a layout.
import { axis } from './families/axis.js'
import { boxes } from './families/boxes.js'
import { classes } from './families/classes.js'
import { elements } from './families/elements.js'
import { encoding } from './families/encoding.js'
import { labelled, labelledOrBinary, margins, marked, multilabel } from './families/labelled.js'
import { pairs, peers, pool } from './families/pairs.js'
import { pointwise } from './families/pointwise.js'
import { distributions, vectors } from './families/rows.js'
import type { Given, Layout, Measure } from './layout.js'

export const FAMILIES = {
  ...{ axis, boxes, classes, distributions, elements, encoding, labelled, labelledOrBinary, margins, marked, multilabel, pairs, peers },
  ...{ pointwise, pool, vectors }
} as const satisfies Record<string, (given: Given) => Layout | Measure>

export type Family = keyof typeof FAMILIES
