// How the gradient of a stretched operand is summed: which axes of the loss are its own, which ones it is stretched
// over, and where both lie in the staged gradient (the loss's entries in order, each with its row).
import { sizeOf } from '../tensor/shape.js'
import type { AxisMap, Job, Operand, Stage } from './job.js'

type Axis = readonly [size: number, stride: number]

/** Elements of the staged gradient. */
export function stagedSize (entries: number, map: AxisMap): number { return entries * map.length }

/** Walks over the slot's elements and over the entries that share one, both through the staged gradient. */
export function foldMaps (map: AxisMap): { own: AxisMap, shared: AxisMap } {
  const all: { size: number, stride: number, staged: number }[] = [
    { size: map.length, stride: map.stride, staged: 1 }
  ]
  let staged = map.length
  for (const [size, stride] of map.axes.toReversed()) {
    all.push({ size, stride, staged })
    staged *= size
  }
  const own = all.filter(axis => axis.stride !== 0).sort((a, b) => b.stride - a.stride)
  const shared = all.filter(axis => axis.stride === 0).sort((a, b) => b.staged - a.staged)
  const walk = (axes: typeof all): AxisMap =>
    ({ length: 1, stride: 1, stretched: false, axes: axes.map(({ size, staged }): Axis => [size, staged]) })
  return { own: walk(own), shared: walk(shared) }
}

/** The stage that sums `staged` into the slot's gradient, as a job of its own. */
export function foldJob (job: Job, operand: Operand, staged: number): { job: Job, stage: Stage } {
  const { own, shared } = foldMaps(operand.map!)
  const count = sizeOf(operand.tensor!.shape)
  const repetition = sizeOf(shared.axes.map(([size]) => size))
  const source = { ...operand.tensor!, dtype: 'float64', address: staged } as const
  return {
    job: {
      ...job,
      operands: [
        { slot: operand.slot, tensor: source, code: 0, map: own, gradient: true },
        { slot: 'shared', tensor: null, code: 0, map: shared, gradient: false }
      ]
    },
    stage: { kernel: 'fold', count, block: 64, extents: [], scratch: 0, cost: 64 * repetition * 2 }
  }
}
