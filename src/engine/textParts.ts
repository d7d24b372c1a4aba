// Cuts long texts and large tensors into parts, which any thread reads or prints: results do not depend on the cuts.
import * as layout from '../kernels/layout.js'
import type { Steps } from '../steps.js'
import { sizeOf, type Shape } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Cuts } from '../tensor/text.js'
import { callAll, HOP, SLICE, type Threads } from './dispatch.js'
import type { BatchMemory, Patience } from './memory.js'
import { TABLE, Task, writeTask } from './textRecord.js'

/** Parts for each thread, so that none waits long for another at the end. */
const PARTS_PER_LANE = 4

/** Bytes for one element as text. */
const LIMITS: Readonly<Record<string, number>> = {
  float64: layout.PRINT_MAX_F64, float32: layout.PRINT_MAX_F32, int64: layout.PRINT_MAX_I64
}

/** How many parts work of `cost` nanoseconds is worth. */
export function partsFor (cost: number, { lanes, hop }: Threads): number {
  if (cost <= hop) return 1
  const most = Math.max(lanes > 1 ? lanes * PARTS_PER_LANE : 1, Math.ceil(cost / SLICE))
  return Math.max(1, Math.min(most, Math.floor(cost / HOP / 2)))
}

/** What differs from part to part. */
type Part = Partial<Task>

/**
 * Runs `kernel` on all parts of `whole`; `read` sees the address of each part's record, in order, as soon as that part and
 * all before it have ended.
 */
export function * runParts<T> (
  { memory, threads, patience }: { memory: BatchMemory, threads: Threads, patience: Patience },
  kernel: string, whole: Task, parts: readonly Part[], read: (at: number, part: number) => T
): Steps<T[]> {
  const region = yield * memory.obtain(parts.length * TABLE, patience)
  try {
    const records = parts.map((part, index) => {
      const at = region.address + index * TABLE
      writeTask(memory.view, at, Object.assign(new Task(whole.text), whole, part))
      return at
    })
    const results: T[] = []
    const there = records.map(() => false)
    const ended = (part: number): void => {
      there[part] = true
      while (there[results.length] === true) results.push(read(records[results.length]!, results.length))
    }
    yield * callAll(threads, kernel, records.map(at => () => at), { short: false, lanes: threads.lanes, ended, patience })
    return results
  } finally {
    region.release()
  }
}

/** A list with so many elements in at most `most` parts: where to look for the start of each, and its elements. */
export function partsOfText ({ places }: Cuts, elements: number, most: number): Part[] {
  const starts = [{ position: 0, first: 0 }, ...places]
  const count = Math.min(most, starts.length)
  const chosen = Array.from({ length: count }, (_, part) => starts[Math.floor(part * starts.length / count)]!)
  return chosen.map(({ position, first }, part) => ({ position, first, last: chosen[part + 1]?.first ?? elements }))
}

/** A tensor in `count` parts: the elements of each, and the bytes that printing them takes at most. */
export function partsOfTensor ({ dtype, shape }: Tensor, count: number): { first: number, last: number, room: number }[] {
  const size = sizeOf(shape)
  const edge = (part: number): number => Math.floor(part * size / count)
  return Array.from({ length: count }, (_, part) => {
    const [first, last] = [edge(part), edge(part + 1)]
    return { first, last, room: (last - first) * LIMITS[dtype]! + 3 * listsIn(shape, last - first) + 16 }
  })
}

/** Lists that so many consecutive elements lie in, at most. */
function listsIn (shape: Shape, elements: number): number {
  let [lists, all] = [1, 1]
  for (let axis = 0; axis + 1 < shape.length; axis++) {
    all *= shape[axis]!
    const size = sizeOf(shape.slice(axis + 1))
    lists += size === 0 ? all : Math.min(all, Math.floor(elements / size) + 2)
  }
  return lists
}
