// A worker thread: instantiates the kernels over the shared batch memory and runs the calls it is handed.
import { workerData } from 'piscina'
import { kernelNamed } from '../engine/dispatch.js'
import { instantiateKernels } from '../engine/module.js'

/** What a thread starts with. */
export interface Seed { readonly module: WebAssembly.Module, readonly memory: WebAssembly.Memory }

/** A call: which kernel, and the address of its record. */
export interface Call { readonly kernel: string, readonly record: number }

const { module, memory } = workerData as Seed
const kernels = instantiateKernels(module, memory)

/** Runs one call. */
export default function work ({ kernel, record }: Call): void { kernelNamed(kernels, kernel)(record) }
