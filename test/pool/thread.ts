// A worker thread as the pool has them, but one that dies where it is asked to: by a call that has the name of a way to die, or by the
// first number of a request of the right kind. It also puts its mark behind each record and looks whether that stays there.
import { threadId } from 'node:worker_threads'
import { workerData } from 'node:worker_threads'
import * as layout from '../../src/kernels/layout.js'
import work, { type Call, type Seed } from '../../src/pool/worker.js'
import { deathOrdered, DEATHS, die, type Death } from './deaths.js'

const { memory } = workerData as Seed
const view = new DataView(memory.buffer)
const marks = new Int32Array(memory.buffer)

export default function thread (call: Call): unknown {
  const death = DEATHS.find(way => way === call.kernel) ?? ordered(call)
  if (death !== undefined) return die(death, memory, call.record, record => work({ ...call, record }))
  return hasRoom(call) ? marked(call) : work(call)
}

/** Whether it is a call of a loss: its record has room behind it, up to the next cache line. */
function hasRoom ({ kernel }: Call): boolean { return /_f(?:32|64)$/.test(kernel) }

/** What the first part of a float32 job asks for. */
function ordered ({ kernel, record }: Call): Death | undefined {
  if (!kernel.endsWith('_f32') || view.getUint32(record + layout.CALL_FROM, true) !== 0) return undefined
  const operand = view.getUint32(record + layout.CALL_OPERANDS, true)
  if (operand === 0 || view.getUint32(record + layout.CALL_OPERANDS + layout.OPERAND_DTYPE, true) !== layout.F32) return undefined
  return deathOrdered(view.getFloat32(operand, true))
}

let calls = 0

/** Runs the call. @throws Error when somebody else wrote behind its record meanwhile */
function marked (call: Call): Error | undefined {
  const at = (call.record + layout.CALL_SIZE) >> 2
  const mark = threadId << 24 | (++calls & 0xffffff)
  Atomics.store(marks, at, mark)
  const outcome = work(call)
  if (Atomics.load(marks, at) !== mark) throw new Error('a record belonged to two calls at once')
  return outcome
}
