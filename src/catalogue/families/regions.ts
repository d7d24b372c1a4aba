// Losses of totals over regions: the option `dims` names the axes that a region spans, the others stay. Three stages, cut
// into chunks whatever the regions are like, so that one large region is still the work of several threads.
import type { AxisMap, Stage } from '../../engine/job.js'
import { failAt, Failure } from '../../errors.js'
import { CHUNK, CHUNK_HEAD, CHUNK_ROWS, RECORD_SIZE } from '../../kernels/regions/layout.js'
import { collapseAxes, sizeOf, stretchedStrides, type Shape } from '../../tensor/shape.js'
import { batchOf, commonShape, shapeIn, type Given, type Layout } from '../layout.js'

/** Nanoseconds for an element in a stage over chunks, for a chunk, and for the record of one. */
const COST = 6
const CHUNK_COST = 200
const RECORD_COST = 20
/** Elements to a block. */
const BLOCK = 4096
/** Most entries of all regions: more would overflow the kernels' counters. */
const MOST_ENTRIES = 2 ** 31

/** Regions of a shape: what stays, and what each spans. */
export interface Regions {
  /** The shape that `axes` are of, kept ones first. */
  readonly whole: Shape
  readonly axes: readonly number[]
  /** The shape of what stays. */
  readonly shape: Shape
  readonly count: number
  /** Entries of each, and chunks that they are cut into. */
  readonly size: number
  readonly chunks: number
}

/** What a stage knows besides the regions (kernels/regions/layout.ts). */
export interface Particulars {
  readonly start: number
  readonly unit: number
  readonly activated: number
  readonly classes: number
}

/** Losses of an input and a target that broadcast. */
export function regions (given: Given): Layout {
  const slots = Object.keys(given.slots)
  const cut = regionsOf(given, commonShape(given, slots))
  const maps = Object.fromEntries(slots.map(slot => [slot, regionMap(cut, shapeIn(given, slot))]))
  // Gradients of stretched operands are staged entry by entry, in room that the stage which sums asks for.
  const stretched = Object.values(maps).some(map => map.stretched)
  const particulars = { start: 0, unit: stretched ? Math.max(cut.size, 1) : 1, activated: 0, classes: 0 }
  return {
    ...{ shape: cut.shape, batch: batchOf(cut.shape), divisor: cut.count, order: slots, maps },
    before: [overChunks(cut, `${given.id}_totals`, particulars)],
    sum: overRegions(cut, given.id, particulars),
    after: [overChunks(cut, `${given.id}_spread`, particulars)],
    work: recordsOf(cut)
  }
}

/** The regions of `whole` that `dims` asks for. */
export function regionsOf (given: Given, whole: Shape): Regions {
  const reduced = reducedAxes(given.options.dims, whole.length)
  const kept = whole.map((_, axis) => axis).filter(axis => !reduced.includes(axis))
  const shape = kept.map(axis => whole[axis]!)
  const size = sizeOf(reduced.map(axis => whole[axis]!))
  const count = sizeOf(shape)
  if (count * size > MOST_ENTRIES) {
    throw new Failure('too_large', `the loss would read ${count * size} entries; at most ${MOST_ENTRIES} are offered`)
  }
  return { whole, axes: [...kept, ...reduced], shape, count, size, chunks: Math.max(1, Math.ceil(size / CHUNK)) }
}

/** The axes in `dims`, in order; as elsewhere a scalar counts as one axis. */
function reducedAxes (dims: unknown, rank: number): readonly number[] {
  if (dims === 'all') return Array.from({ length: rank }, (_, axis) => axis)
  const axes = Math.max(rank, 1)
  const named = (dims as readonly number[]).map(dim => dim < 0 ? dim + axes : dim)
  for (const [at, axis] of named.entries()) {
    if (axis < 0 || axis >= axes) {
      throw failAt('invalid_option', `/dims/${at}`, `axis ${(dims as readonly number[])[at]!} is outside [${-axes}, ${axes - 1}], the axes of input`)
    }
    if (named.indexOf(axis) < at) throw failAt('invalid_option', `/dims/${at}`, `axis ${axis} is named twice`)
  }
  return named.filter(axis => axis < rank).sort((a, b) => a - b)
}

/** How regions walk over an operand of shape `own`, whose last axis may be longer than that of `whole` by a background. */
export function regionMap ({ whole, axes }: Regions, own: Shape, stretches: Shape = whole): AxisMap {
  const strides = stretchedStrides(own, stretches)
  const walk = collapseAxes(axes.map(axis => whole[axis]!), axes.map(axis => strides[axis]!))
  return { length: 1, stride: 1, axes: walk, stretched: walk.some(([, stride]) => stride === 0) }
}

/** Bytes of the records of all chunks. */
export function recordsOf ({ count, chunks }: Regions): number { return Math.ceil(count * chunks * RECORD_SIZE / 64) * 64 }

/** A stage over the chunks of all regions. */
export function overChunks (cut: Regions, kernel: string, particulars: Particulars): Stage {
  const length = Math.min(cut.size, CHUNK)
  const block = Math.max(1, Math.floor(BLOCK / Math.max(length, 1)))
  return {
    kernel,
    count: cut.count * cut.chunks,
    block,
    extents: extentsOf(cut, particulars),
    scratch: CHUNK_HEAD + 16 + CHUNK_ROWS * (length + 2) * 8,
    cost: block * (CHUNK_COST + length * COST)
  }
}

/** A stage over the regions; each counts as a `unit` of entries. */
export function overRegions (cut: Regions, kernel: string, particulars: Particulars): Stage {
  const block = Math.max(1, Math.floor(BLOCK / cut.chunks))
  return {
    kernel,
    count: cut.count * particulars.unit,
    block: block * particulars.unit,
    extents: extentsOf(cut, particulars),
    scratch: 0,
    cost: block * cut.chunks * RECORD_COST
  }
}

function extentsOf ({ count, size, chunks }: Regions, { start, unit, activated, classes }: Particulars): readonly number[] {
  return [count, size, chunks, start, unit, activated, classes]
}
