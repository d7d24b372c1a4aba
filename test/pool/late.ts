// A worker thread that counts itself in the first word of the last page of the batch memory, and stands only when the second is set.
import { workerData } from 'node:worker_threads'
import work, { type Seed } from '../../src/pool/worker.js'

const { memory } = workerData as Seed
const words = new Int32Array(memory.buffer, memory.buffer.byteLength - 65536, 2)
Atomics.add(words, 0, 1)
Atomics.wait(words, 1, 0, 60_000)

export default work
