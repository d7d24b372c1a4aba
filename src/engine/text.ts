// Runs the kernels that read and write JSON: lays their records out and turns their statuses into faults.
import * as layout from '../kernels/layout.js'
import type { Steps } from '../steps.js'
import { dtypeInfo } from '../tensor/dtype.js'
import { sizeOf, type Shape } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { TextFault, type Cuts, type Extent, type Limits, type NonFinite, type Outline, type Room, type TextKernels } from '../tensor/text.js'
import { call, type Threads } from './dispatch.js'
import { cutsSize, KINDS, readMembers } from './members.js'
import type { BatchMemory, Patience, Region } from './memory.js'
import { partsFor, partsOfTensor, partsOfText, runParts } from './textParts.js'
import { counted, check, SHAPE, TABLE, Task, writeTask } from './textRecord.js'

/** Nanoseconds for a byte or a number, roughly. */
const COST = { outline: 0.2, numbers: 1.2, base64: 1, locate: 0.2, print: 30 } as const
/** Members that there is room for at first. */
const FIRST_MEMBERS = 32
const MODES: readonly NonFinite[] = ['string', 'token', 'null', 'error']

export class Texts implements TextKernels {
  #idle: Region | null = null

  constructor (
    readonly memory: BatchMemory, readonly threads: Threads, readonly patience: Patience, readonly limits: Pick<Limits, 'jsonDepth' | 'rankLimit'>
  ) {}

  * outline (text: Extent, most: number): Steps<Outline> {
    const first = yield * this.#outline(text, Math.min(FIRST_MEMBERS, most))
    if (typeof first !== 'number') return first
    if (first > most) throw new TextFault(layout.TEXT_NO_ROOM, text.from, [], most, first)
    return (yield * this.#outline(text, first)) as Outline
  }

  /** The outline, or how many members there are when there are more than `capacity`. */
  * #outline (text: Extent, capacity: number): Steps<Outline | number> {
    const size = text.to - text.from
    const members = capacity * layout.MEMBER_SIZE
    const task = taskOn(text, 0, capacity)
    task.deepest = this.limits.jsonDepth
    return yield * this.#run('outline', task, members, cutsSize(size), size, (view, at) => {
      const count = view.getUint32(at + layout.TEXT_COUNT, true)
      if (view.getUint32(at + layout.TEXT_STATUS, true) === layout.TEXT_NO_ROOM) return count
      check(view, at)
      const kind = KINDS[view.getUint32(at + layout.TEXT_KIND, true) - 1]!
      return { kind, members: readMembers(view, at + TABLE, count, text.address) }
    })
  }

  * numbers (text: Extent, dtype: 'float64' | 'float32' | 'int64', to: number, capacity: number, cuts: Cuts | null): Steps<Shape> {
    const size = text.to - text.from
    const task = taskOn(text, to, capacity)
    task.dtype = dtypeInfo(dtype).code
    task.deepest = this.limits.rankLimit
    const inParts = cuts !== null && cuts.shape.length <= task.deepest
    if (inParts && (yield * this.#numbersInParts(task, cuts, partsFor(size * COST.numbers, this.threads)))) return cuts.shape
    return yield * this.#run('numbers', task, 0, 0, size, (view, at) => {
      check(view, at)
      const shape: number[] = []
      for (let axis = 0, rank = view.getUint32(at + layout.TEXT_RANK, true); axis < rank; axis++) {
        shape.push(view.getUint32(at + SHAPE + axis * 4, true))
      }
      return shape
    })
  }

  /** Whether the text could be read in parts; what is wrong with it otherwise, reading it as a whole tells. */
  * #numbersInParts (task: Task, cuts: Cuts, count: number): Steps<boolean> {
    if (count === 1) return false
    const parts = partsOfText(cuts, task.capacity, count)
    const statuses = yield * runParts(this, 'numbersPart', { ...task, shape: cuts.shape }, parts,
      at => this.memory.view.getUint32(at + layout.TEXT_STATUS, true))
    return statuses.every(status => status === layout.TEXT_OK)
  }

  * base64 (text: Extent, to: number, capacity: number): Steps<number> {
    return yield * this.#run('base64', taskOn(text, to, capacity), 0, 0, text.to - text.from, counted)
  }

  * locate (text: Extent, position: number): Steps<{ line: number, column: number }> {
    const task = new Task(text)
    task.position = position
    return yield * this.#run('locate', task, 0, 0, position, (view, at) => ({
      line: view.getUint32(at + layout.TEXT_LINE, true),
      column: view.getUint32(at + layout.TEXT_COLUMN, true)
    }))
  }

  * print (tensor: Tensor, nonFinite: NonFinite, room: Room, emit: (text: Extent) => void): Steps<void> {
    const size = sizeOf(tensor.shape)
    const count = partsFor(size * COST.print, this.threads)
    const cut = partsOfTensor(tensor, count)
    const texts = laidOut(cut, yield * room(cut.reduce((sum, part) => sum + part.room, 0)))
    const task = taskOn(texts[0]!, tensor.address, 0)
    task.dtype = dtypeInfo(tensor.dtype).code
    task.nonFinite = MODES.indexOf(nonFinite)
    task.shape = tensor.shape
    task.last = size
    const written = (to: number, part: number): void => { emit({ address: texts[part]!.address, from: 0, to }) }
    if (count === 1) return written(yield * this.#run('print', task, 0, 0, size, counted), 0)
    const parts = cut.map(({ first, last }, part) => ({ text: texts[part]!, first, last }))
    yield * runParts(this, 'print', task, parts, (at, part) => { written(counted(this.memory.view, at), part) })
  }

  /** One call in a region of its own, with room for a table and cuts, which stays for the next one. */
  * #run<T> (
    kernel: keyof typeof COST, task: Task, table: number, cuts: number, size: number, read: (view: DataView, at: number) => T
  ): Steps<T> {
    const room = TABLE + Math.max(table + cuts, FIRST_MEMBERS * layout.MEMBER_SIZE + cutsSize(0))
    const region = this.#takeIdle(room) ?? (yield * this.memory.obtain(room, this.patience))
    try {
      writeTask(this.memory.view, region.address, task, region.address + TABLE + table)
      yield * call(this.threads, kernel, region.address, size * COST[kernel], this.patience)
      return read(this.memory.view, region.address)
    } finally {
      this.#putBack(region)
    }
  }

  /** The region that the last call left, if it is large enough. */
  #takeIdle (size: number): Region | null {
    const idle = this.#idle
    if (idle === null || idle.size < size) return null
    this.#idle = null
    return idle
  }

  #putBack (region: Region): void {
    if (this.#idle === null) this.#idle = region
    else region.release()
  }

  /** Gives memory back that was kept for the next call. */
  release (): void {
    this.#idle?.release()
    this.#idle = null
  }
}

function taskOn (text: Extent, other: number, capacity: number): Task {
  const task = new Task(text)
  task.other = other
  task.capacity = capacity
  return task
}

/** The room of each part, one behind the other from `address` on. */
function laidOut (parts: readonly { readonly room: number }[], address: number): Extent[] {
  let top = address
  return parts.map(({ room }) => {
    const text = { address: top, from: room, to: room }
    top += room
    return text
  })
}
