// Compiles the kernels once per process and instantiates them once per thread over the shared batch memory.
import { readFileSync } from 'node:fs'

/** The kernels of one thread: every export takes the address of a record (see kernels/layout.ts). */
export type Kernels = Readonly<Record<string, (record: number) => void>> & { readonly heapBase: number }

/** Compiles the kernels that the build put beside the service. */
export function compileKernels (): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(new URL('../kernels.wasm', import.meta.url)))
}

/** Instantiates `module` over `memory`; instances share every byte of it. */
export function instantiateKernels (module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const instance = new WebAssembly.Instance(module, { env: { memory } })
  const { firstFree, ...kernels } = instance.exports as Record<string, (record: number) => number>
  return Object.freeze({ ...kernels, heapBase: firstFree!(0) }) as unknown as Kernels
}
