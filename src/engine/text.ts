// Runs the kernels that read and write JSON: lays their records out and turns their statuses into faults.
import * as layout from '../kernels/layout.js'
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
  constructor (readonly memory: BatchMemory, readonly threads: Threads, readonly patience: Patience) {}

  async outline (text: Extent, most: number): Promise<Outline> {
    const first = await this.#outline(text, FIRST_MEMBERS)
    if (typeof first !== 'number') return first
    if (first > most) throw new TextFault(layout.TEXT_NO_ROOM, text.from, [], most, first)
    return await this.#outline(text, first) as Outline
  }

  /** The outline, or how many members there are when there are more than `capacity`. */
  async #outline (text: Extent, capacity: number): Promise<Outline | number> {
    return await this.#run('outline', { text, capacity }, capacity * layout.MEMBER_SIZE, text.to - text.from, (view, at) => {
      const count = view.getUint32(at + layout.TEXT_COUNT, true)
      if (view.getUint32(at + layout.TEXT_STATUS, true) === layout.TEXT_NO_ROOM) return count
      check(view, at)
      const kind = KINDS[view.getUint32(at + layout.TEXT_KIND, true) - 1]!
      return { kind, members: Array.from({ length: count }, (_, i) => readMember(view, at + TABLE + i * layout.MEMBER_SIZE, text)) }
    })
  }

  async numbers (text: Extent, dtype: 'float64' | 'float32' | 'int64', to: number, capacity: number): Promise<Shape> {
    const task = { text, other: to, capacity, dtype: dtypeInfo(dtype).code }
    return await this.#run('numbers', task, 0, text.to - text.from, (view, at) => {
      check(view, at)
      const rank = view.getUint32(at + layout.TEXT_RANK, true)
      return Array.from({ length: rank }, (_, axis) => view.getUint32(at + SHAPE + axis * 4, true))
    })
  }

  async base64 (text: Extent, to: number, capacity: number): Promise<number> {
    return await this.#run('base64', { text, other: to, capacity }, 0, text.to - text.from, counted)
  }

  async locate (text: Extent, position: number): Promise<{ line: number, column: number }> {
    return await this.#run('locate', { text, position }, 0, position, (view, at) => ({
      line: view.getUint32(at + layout.TEXT_LINE, true),
      column: view.getUint32(at + layout.TEXT_COLUMN, true)
    }))
  }

  printSize ({ dtype, shape }: Tensor): number {
    const lists = shape.slice(0, -1).reduce((sum, _, axis) => sum + sizeOf(shape.slice(0, axis + 1)), 1)
    return sizeOf(shape) * LIMITS[dtype]! + 3 * lists + 16
  }

  async print (tensor: Tensor, to: number, capacity: number, nonFinite: NonFinite): Promise<number> {
    const { address, dtype, shape } = tensor
    const task = {
      text: { address: to, from: capacity, to: capacity },
      other: address,
      capacity: sizeOf(shape),
      shape,
      dtype: dtypeInfo(dtype).code,
      nonFinite: MODES.indexOf(nonFinite)
    }
    return await this.#run('print', task, 0, sizeOf(shape), counted)
  }

  /** One call in a region of its own. */
  async #run<T> (
    kernel: keyof typeof COST, task: Task, table: number, size: number, read: (view: DataView, at: number) => T
  ): Promise<T> {
    const region = this.memory.tryReserve(TABLE + table) ??
      await this.memory.reserve(TABLE + table, { ...this.patience, urgent: true })
    try {
      this.#write(region, task)
      await call(this.threads, kernel, region.address, size * COST[kernel])
      return read(this.memory.view, region.address)
    } finally {
      region.release()
    }
  }

  #write ({ address }: Region, task: Task): void {
    const fields: readonly (readonly [number, number])[] = [
      [layout.TEXT_ADDRESS, task.text.address], [layout.TEXT_FROM, task.text.from], [layout.TEXT_TO, task.text.to],
      [layout.TEXT_OTHER, task.other ?? address + TABLE], [layout.TEXT_CAPACITY, task.capacity ?? 0],
      [layout.TEXT_DTYPE, task.dtype ?? 0], [layout.TEXT_SHAPE, address + SHAPE], [layout.TEXT_RANK, task.shape?.length ?? 0],
      [layout.TEXT_PATH, address + PATH], [layout.TEXT_NON_FINITE, task.nonFinite ?? 0], [layout.TEXT_COUNT, 0],
      [layout.TEXT_STATUS, 0], [layout.TEXT_POSITION, task.position ?? 0], [layout.TEXT_DEPTH, 0], [layout.TEXT_EXPECTED, 0],
      [layout.TEXT_SCRATCH, address + SCRATCH]
    ]
    const { view } = this.memory
    for (const [field, value] of fields) view.setUint32(address + field, value, true)
    task.shape?.forEach((length, axis) => { view.setUint32(address + SHAPE + axis * 4, length, true) })
  }
}

function counted (view: DataView, at: number): number {
  check(view, at)
  return view.getUint32(at + layout.TEXT_COUNT, true)
}

/** @throws TextFault when the kernel says that something is wrong */
function check (view: DataView, at: number): void {
  const field = (offset: number): number => view.getUint32(at + offset, true)
  const status = field(layout.TEXT_STATUS)
  if (status === layout.TEXT_OK) return
  const path = Array.from({ length: Math.min(field(layout.TEXT_DEPTH), layout.MAX_RANK) }, (_, i) => field(PATH + i * 4))
  throw new TextFault(status, field(layout.TEXT_POSITION), path, field(layout.TEXT_EXPECTED), field(layout.TEXT_COUNT))
}

function readMember (view: DataView, at: number, { address }: Extent): Member {
  const field = (offset: number): number => view.getUint32(at + offset, true)
  const keyTo = field(layout.MEMBER_KEY_TO)
  return {
    key: keyTo === 0 ? null : { address, from: field(layout.MEMBER_KEY_FROM), to: keyTo },
    value: { address, from: field(layout.MEMBER_VALUE_FROM), to: field(layout.MEMBER_VALUE_TO) },
    kind: KINDS[field(layout.MEMBER_KIND) - 1]!,
    elements: field(layout.MEMBER_COMMAS) + 1
  }
}
