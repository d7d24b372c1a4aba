// A worker thread that takes its time to start, and then counts itself in the first word of the last page of the batch memory.
import { workerData } from 'node:worker_threads'
import work, { type Seed } from '../../src/pool/worker.js'

const { memory } = workerData as Seed
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
Atomics.add(new Int32Array(memory.buffer), (memory.buffer.byteLength - 65536) >> 2, 1)

export default work
