// A worker thread: instantiates the kernels over the shared batch memory and runs the calls it is handed.
import { constants, setPriority } from 'node:os'
import { workerData } from 'node:worker_threads'
import { Instance } from '../engine/module.js'

/** What a thread starts with. */
export interface Seed { readonly module: WebAssembly.Module, readonly memory: WebAssembly.Memory }

/** A call: which kernel, and the address of its record. Without a kernel nothing is to be done; an answer says that the thread stands. */
export interface Call { readonly kernel: string, readonly record: number }

const { module, memory } = workerData as Seed
const instance = new Instance(module, memory)

// Threads that compute give way to the one that answers. Linux keeps a priority for each thread; elsewhere this would
// be that of the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

/** Runs one call; gives what went wrong in the kernel. Where this throws, it is the thread that fails. */
export default function work ({ kernel, record }: Call): Error | undefined {
  try {
    if (kernel !== '') instance.call(kernel, record)
    return undefined
  } catch (error) {
    return error as Error
  }
}
