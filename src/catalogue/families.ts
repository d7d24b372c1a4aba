// The families by name: each turns shapes into a layout.
import { adaptive } from './families/adaptive.js'
import { quantiles, variances } from './families/appended.js'
import { axis } from './families/axis.js'
import { boxes } from './families/boxes.js'
import { classes } from './families/classes.js'
import { clipped } from './families/clipped.js'
import { couples } from './families/couples.js'
import { elements } from './families/elements.js'
import { embeddings } from './families/embeddings.js'
import { encoding } from './families/encoding.js'
import { features } from './families/features.js'
import { hinges } from './families/hinges.js'
import { labelled, labelledOrBinary, margins, marked, multilabel } from './families/labelled.js'
import { labels } from './families/labels.js'
import { lastAxis } from './families/lastAxis.js'
import { linear } from './families/linear.js'
import { classwise, lists } from './families/lists.js'
import { outcomes } from './families/outcomes.js'
import { overlap } from './families/overlap.js'
import { pairs, peers, pool } from './families/pairs.js'
import { pointwise } from './families/pointwise.js'
import { preferences } from './families/preferences.js'
import { prototypes, proxies } from './families/prototypes.js'
import { ranked } from './families/ranked.js'
import { regions } from './families/regions.js'
import { distributions, vectors } from './families/rows.js'
import { sequences } from './families/sequences.js'
import { perplexities, tokens } from './families/tokens.js'
import { triplets } from './families/triplets.js'
import { views } from './families/views.js'
import type { Given, Layout, Measure } from './layout.js'

export const FAMILIES = {
  ...{ adaptive, axis, boxes, classes, classwise, clipped, couples, distributions, elements, embeddings, encoding, features },
  ...{ hinges, labelled, labelledOrBinary, labels, lastAxis, linear, lists, margins, marked, multilabel, outcomes },
  ...{ overlap, pairs, peers, perplexities, pointwise, pool, preferences, prototypes, proxies, quantiles, ranked },
  ...{ regions, sequences, tokens, triplets, variances, vectors, views }
} as const satisfies Record<string, (given: Given) => Layout | Measure>

export type Family = keyof typeof FAMILIES
