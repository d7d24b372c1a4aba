// A worker thread that cannot start while the first word of the last page of the batch memory is set.
import { workerData } from 'node:worker_threads'
import type { Seed } from '../../src/pool/worker.js'

const { memory } = workerData as Seed
if (Atomics.load(new Int32Array(memory.buffer), (memory.buffer.byteLength - 65536) >> 2) !== 0) throw new Error('not willing')
const { default: thread } = await import('./thread.js')

export default thread
