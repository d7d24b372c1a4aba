// A worker thread: instantiates the kernels over the shared batch memory and runs the calls it is handed.
import { constants, setPriority } from 'node:os'
import { workerData } from 'piscina'
import { kernelNamed } from '../engine/dispatch.js'
import { instantiateKernels } from '../engine/module.js'

/** What a thread starts with. */
export interface Seed { readonly module: WebAssembly.Module, readonly memory: WebAssembly.Memory }

/** A call: which kernel, and the address of its record. */
export interface Call { readonly kernel: string, readonly record: number }

// Threads that compute give way to the one that answers. Linux keeps a priority for each thread; elsewhere this would
// be that of the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

const { module, memory } = workerData as Seed
const kernels = instantiateKernels(module, memory)

/** Runs one call. */
export default function work ({ kernel, record }: Call): void { kernelNamed(kernels, kernel)(record) }
