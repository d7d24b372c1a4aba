// Cross entropy of classes in clusters: the head scores the most frequent classes and, as one class each, the clusters of
// the others, and every cluster scores its own classes behind a projection to fewer dimensions.
import type { AxisMap, Stage } from '../../engine/job.js'
import { failAt } from '../../errors.js'
import { ADAPTIVE_ROWS, ADAPTIVE_SIZE, even } from '../../kernels/adaptive/layout.js'
import { formatShape, sameShape, sizeOf, type Shape } from '../../tensor/shape.js'
import { badShape, batchOf, shapeIn, type Given, type Layout } from '../layout.js'
import { elementsOf } from './matrix.js'

const ORDER = ['input', 'target', 'head_weight', 'head_bias', 'tail_weights']
/** Elements of a block that is copied; nanoseconds for one, for a product in a sum of products, and for a score's softmax. */
const COPIED = 4096
const COPY_COST = 2
const PRODUCT_COST = 0.5
const ENTRY_COST = 15

/** Classes of a cluster, and the dimensions that it projects to. */
interface Cluster { readonly classes: number, readonly width: number }

interface Sizes {
  /** Shape of the unreduced loss, samples, and the length of one. */
  readonly shape: Shape
  readonly samples: number
  readonly length: number
  /** All classes, and rows of the head. */
  readonly classes: number
  readonly head: number
  readonly clusters: readonly Cluster[]
  /** The most classes and dimensions of a cluster. */
  readonly largest: number
  readonly widest: number
  /** Elements of all weights of the clusters. */
  readonly tail: number
}

export function adaptive (given: Given): Layout {
  const sizes = sizesOf(given)
  checkShapes(given, sizes)
  const { shape, samples, clusters } = sizes
  return {
    shape,
    batch: batchOf(shape),
    divisor: sizeOf(shape),
    order: ORDER,
    maps: { target: elementsOf(samples), tail_weights: tableOf(clusters) },
    before: [copyStage(given, sizes)],
    sum: sampleStage(given, sizes, given.id),
    after: gradientStages(given, sizes),
    work: 8 * (copiedOf(sizes) + (given.gradients.size > 0 ? samples * keptOf(sizes) : 0))
  }
}

/** The clusters as the kernel reads them: an axis for each. */
function tableOf (clusters: readonly Cluster[]): AxisMap {
  return { length: 1, stride: 1, axes: clusters.map(({ classes, width }) => [classes, width]), stretched: false }
}

function sizesOf (given: Given): Sizes {
  const input = shapeIn(given, 'input')
  if (input.length < 1 || input.length > 2) throw badShape(given, 'input', 'expected shape (F) or (N, F)')
  const shape = input.slice(0, -1)
  const length = input.at(-1)!
  const cutoffs = given.options.cutoffs as readonly number[]
  const clusters = clustersOf(length, cutoffs, given.options.div_value as number)
  return {
    ...{ shape, length, clusters },
    samples: sizeOf(shape),
    classes: cutoffs.at(-1)!,
    head: cutoffs[0]! + clusters.length,
    largest: clusters.reduce((most, { classes }) => Math.max(most, classes), 0),
    widest: clusters.reduce((most, { width }) => Math.max(most, width), 0),
    tail: clusters.reduce((sum, { classes, width }) => sum + width * (length + classes), 0)
  }
}

function clustersOf (length: number, cutoffs: readonly number[], base: number): Cluster[] {
  return cutoffs.slice(1).map((end, i) => {
    const width = quotient(length, base ** (i + 1))
    if (!Number.isFinite(width)) throw failAt('invalid_option', '/div_value', `div_value ${base} is too small for a cluster to have a width`)
    return { classes: end - cutoffs[i]!, width }
  })
}

/** ⌊a/b⌋ as Python takes it: what b leaves of a comes off first, so that no quotient rounds up to a whole number. */
function quotient (a: number, b: number): number { return Math.round((a - a % b) / b) }

function checkShapes (given: Given, { shape, length, head, tail }: Sizes): void {
  const expect = (slot: string, expected: Shape, what: string): void => {
    const came = given.tensors.get(slot)?.shape
    if (came !== undefined && !sameShape(came, expected)) throw badShape(given, slot, `expected ${formatShape(expected)}, ${what}`)
  }
  const rows = 'a row for each class below the first cutoff and for each cluster'
  expect('target', shape, 'an index for each sample')
  expect('head_weight', [head, length], `${rows}, of input's length`)
  expect('head_bias', [head], rows)
  expect('tail_weights', [tail], 'the projection and the scores of each cluster, one after the other')
}

/** Numbers that are copied as float64: input, head_weight, head_bias, tail_weights. */
function copiedOf ({ samples, length, head, tail }: Sizes): number { return samples * length + head * (length + 1) + tail }

/** Numbers that are kept of a sample, as kernels/adaptive/adaptive.ts lays them out. */
function keptOf ({ head, largest, widest }: Sizes): number { return 1 + even(head) + even(largest) + 2 * even(widest) }

/** Products of a sample with the weights that it meets. */
function productsOf ({ length, head, largest, widest }: Sizes): number { return length * (head + widest) + largest * widest }

function stage (given: Given, sizes: Sizes, kernel: string, count: number, block: number, perEntry: number): Stage {
  const { samples, length, classes, head, largest, widest, tail } = sizes
  const sums = ADAPTIVE_ROWS * (even(Math.max(length, widest)) + 1)
  return {
    ...{ kernel, count, block, cost: block * perEntry },
    extents: [samples, length, classes, head, largest, widest, tail, given.gradients.size > 0 ? 1 : 0],
    scratch: ADAPTIVE_SIZE + 8 * (even(Math.max(head, largest)) + sums + keptOf(sizes))
  }
}

function copyStage (given: Given, sizes: Sizes): Stage {
  return stage(given, sizes, `${given.id}_copy`, copiedOf(sizes), COPIED, COPY_COST)
}

/** A stage over samples. */
function sampleStage (given: Given, sizes: Sizes, kernel: string): Stage {
  const cost = productsOf(sizes) * PRODUCT_COST + (sizes.head + sizes.largest) * ENTRY_COST
  return stage(given, sizes, kernel, sizes.samples, Math.max(1, Math.floor(4096 / Math.max(productsOf(sizes), 1))), cost)
}

function gradientStages (given: Given, sizes: Sizes): Stage[] {
  const { samples, length, head, widest, clusters } = sizes
  const wanted = (...slots: string[]): boolean => slots.some(slot => given.gradients.has(slot))
  const rows = (name: string, count: number, products: number): Stage =>
    stage(given, sizes, `${given.id}_${name}`, count, ADAPTIVE_ROWS, samples * (products + 1) * PRODUCT_COST)
  const tailRows = clusters.reduce((sum, { classes, width }) => sum + classes + width, 0)
  return [
    ...wanted('input') ? [sampleStage(given, sizes, `${given.id}_input`)] : [],
    ...wanted('head_weight', 'head_bias') ? [rows('head', head, length)] : [],
    ...wanted('tail_weights') ? [rows('tail', tailRows, Math.max(length, widest) / clusters.length)] : []
  ]
}
