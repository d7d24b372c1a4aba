// Runs the kernels that read and write JSON: lays their records out and turns their statuses into faults.
import * as layout from '../kernels/layout.js'
import type { Steps } from '../steps.js'
import { dtypeInfo } from '../tensor/dtype.js'
import { sizeOf, type Shape } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { TextFault, type Extent, type Member, type MemberKind, type NonFinite, type Outline, type TextKernels } from '../tensor/text.js'
import { call, type Threads } from './dispatch.js'
import type { BatchMemory, Patience, Region } from './memory.js'

/** Nanoseconds for a byte or a number, roughly. */
const COST = { outline: 1, numbers: 4, base64: 2, locate: 1, print: 80 } as const
/** Members that there is room for at first. */
const FIRST_MEMBERS = 32
const KINDS: readonly MemberKind[] = ['object', 'list', 'string', 'number', 'literal']
const MODES: readonly NonFinite[] = ['string', 'token', 'null', 'error']
const LIMITS: Readonly<Record<string, number>> = {
  float64: layout.PRINT_MAX_F64, float32: layout.PRINT_MAX_F32, int64: layout.PRINT_MAX_I64
}

/** Where the parts of one call lie, from the record on. */
const SHAPE = layout.TEXT_SIZE + 4
const PATH = SHAPE + layout.MAX_RANK * 4
const SCRATCH = Math.ceil((PATH + layout.MAX_RANK * 4) / 64) * 64
const TABLE = SCRATCH + layout.TEXT_SCRATCH_SIZE

interface Task { text: Extent, other?: number, capacity?: number, dtype?: number, nonFinite?: number, shape?: Shape, position?: number }

export class Texts implements TextKernels {
  #idle: Region | null = null

  constructor (readonly memory: BatchMemory, readonly threads: Threads, readonly patience: Patience) {}

  * outline (text: Extent, most: number): Steps<Outline> {
    const first = yield * this.#outline(text, FIRST_MEMBERS)
    if (typeof first !== 'number') return first
    if (first > most) throw new TextFault(layout.TEXT_NO_ROOM, text.from, [], most, first)
    return (yield * this.#outline(text, first)) as Outline
  }

  /** The outline, or how many members there are when there are more than `capacity`. */
  * #outline (text: Extent, capacity: number): Steps<Outline | number> {
    return yield * this.#run('outline', { text, capacity }, capacity * layout.MEMBER_SIZE, text.to - text.from, (view, at) => {
      const count = view.getUint32(at + layout.TEXT_COUNT, true)
      if (view.getUint32(at + layout.TEXT_STATUS, true) === layout.TEXT_NO_ROOM) return count
      check(view, at)
      const kind = KINDS[view.getUint32(at + layout.TEXT_KIND, true) - 1]!
      return { kind, members: readMembers(view, at + TABLE, count, text.address) }
    })
  }

  * numbers (text: Extent, dtype: 'float64' | 'float32' | 'int64', to: number, capacity: number): Steps<Shape> {
    const task = { text, other: to, capacity, dtype: dtypeInfo(dtype).code }
    return yield * this.#run('numbers', task, 0, text.to - text.from, (view, at) => {
      check(view, at)
      const shape: number[] = []
      for (let axis = 0, rank = view.getUint32(at + layout.TEXT_RANK, true); axis < rank; axis++) {
        shape.push(view.getUint32(at + SHAPE + axis * 4, true))
      }
      return shape
    })
  }

  * base64 (text: Extent, to: number, capacity: number): Steps<number> {
    return yield * this.#run('base64', { text, other: to, capacity }, 0, text.to - text.from, counted)
  }

  * locate (text: Extent, position: number): Steps<{ line: number, column: number }> {
    return yield * this.#run('locate', { text, position }, 0, position, (view, at) => ({
      line: view.getUint32(at + layout.TEXT_LINE, true),
      column: view.getUint32(at + layout.TEXT_COLUMN, true)
    }))
  }

  printSize ({ dtype, shape }: Tensor): number {
    let [lists, size] = [1, 1]
    for (let axis = 0; axis + 1 < shape.length; axis++) lists += size *= shape[axis]!
    return sizeOf(shape) * LIMITS[dtype]! + 3 * lists + 16
  }

  * print (tensor: Tensor, to: number, capacity: number, nonFinite: NonFinite): Steps<number> {
    const { address, dtype, shape } = tensor
    const task = {
      text: { address: to, from: capacity, to: capacity },
      other: address,
      capacity: sizeOf(shape),
      shape,
      dtype: dtypeInfo(dtype).code,
      nonFinite: MODES.indexOf(nonFinite)
    }
    return yield * this.#run('print', task, 0, sizeOf(shape), counted)
  }

  /** One call in a region of its own, which stays for the next one. */
  * #run<T> (
    kernel: keyof typeof COST, task: Task, table: number, size: number, read: (view: DataView, at: number) => T
  ): Steps<T> {
    const room = TABLE + Math.max(table, FIRST_MEMBERS * layout.MEMBER_SIZE)
    const region = this.#takeIdle(room) ?? (yield * this.memory.obtain(room, this.patience))
    try {
      this.#write(region.address, task)
      yield * call(this.threads, kernel, region.address, size * COST[kernel])
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

  #write (at: number, { text, other, capacity, dtype, nonFinite, shape, position }: Task): void {
    const { view } = this.memory
    view.setUint32(at + layout.TEXT_ADDRESS, text.address, true)
    view.setUint32(at + layout.TEXT_FROM, text.from, true)
    view.setUint32(at + layout.TEXT_TO, text.to, true)
    view.setUint32(at + layout.TEXT_OTHER, other ?? at + TABLE, true)
    view.setUint32(at + layout.TEXT_CAPACITY, capacity ?? 0, true)
    view.setUint32(at + layout.TEXT_DTYPE, dtype ?? 0, true)
    view.setUint32(at + layout.TEXT_SHAPE, at + SHAPE, true)
    view.setUint32(at + layout.TEXT_RANK, shape?.length ?? 0, true)
    view.setUint32(at + layout.TEXT_PATH, at + PATH, true)
    view.setUint32(at + layout.TEXT_NON_FINITE, nonFinite ?? 0, true)
    view.setUint32(at + layout.TEXT_COUNT, 0, true)
    view.setUint32(at + layout.TEXT_STATUS, 0, true)
    view.setUint32(at + layout.TEXT_POSITION, position ?? 0, true)
    view.setUint32(at + layout.TEXT_DEPTH, 0, true)
    view.setUint32(at + layout.TEXT_EXPECTED, 0, true)
    view.setUint32(at + layout.TEXT_SCRATCH, at + SCRATCH, true)
    shape?.forEach((length, axis) => { view.setUint32(at + SHAPE + axis * 4, length, true) })
  }
}

function counted (view: DataView, at: number): number {
  check(view, at)
  return view.getUint32(at + layout.TEXT_COUNT, true)
}

/** @throws TextFault when the kernel says that something is wrong */
function check (view: DataView, at: number): void {
  const status = view.getUint32(at + layout.TEXT_STATUS, true)
  if (status === layout.TEXT_OK) return
  const field = (offset: number): number => view.getUint32(at + offset, true)
  const path = Array.from({ length: Math.min(field(layout.TEXT_DEPTH), layout.MAX_RANK) }, (_, i) => field(PATH + i * 4))
  throw new TextFault(status, field(layout.TEXT_POSITION), path, field(layout.TEXT_EXPECTED), field(layout.TEXT_COUNT))
}

function readMembers (view: DataView, at: number, count: number, address: number): Member[] {
  const members: Member[] = []
  for (let i = 0; i < count; i++) members.push(readMember(view, at + i * layout.MEMBER_SIZE, address))
  return members
}

function readMember (view: DataView, at: number, address: number): Member {
  const keyTo = view.getUint32(at + layout.MEMBER_KEY_TO, true)
  return {
    key: keyTo === 0 ? null : { address, from: view.getUint32(at + layout.MEMBER_KEY_FROM, true), to: keyTo },
    value: { address, from: view.getUint32(at + layout.MEMBER_VALUE_FROM, true), to: view.getUint32(at + layout.MEMBER_VALUE_TO, true) },
    kind: KINDS[view.getUint32(at + layout.MEMBER_KIND, true) - 1]!,
    elements: view.getUint32(at + layout.MEMBER_COMMAS, true) + 1
  }
}
