// Compiles the kernels once per process and instantiates them once per thread over the shared batch memory.
//
// What an instance has of its own are the kernels' variables, where the kernels for text keep their state. Everything else is in the
// batch memory: below the first free address the constants, which every new instance writes once more, as they are, and above
// it the regions. There is no stack in memory and no heap.
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

/** The kernels of a thread, which a trap replaces. */
export class Instance {
  #kernels: Kernels

  constructor (readonly module: WebAssembly.Module, readonly memory: WebAssembly.Memory) {
    this.#kernels = instantiateKernels(module, memory)
  }

  get kernels (): Kernels { return this.#kernels }

  /**
   * Runs one call. A trap leaves the kernels' variables as they were in the middle of it, so that this instance is not used again.
   * @throws Error when there is no such kernel, or when it traps
   */
  call (name: string, record: number): void {
    const kernel = this.#kernels[name]
    if (kernel === undefined) throw new Error(`there is no kernel ${name}`)
    try {
      kernel(record)
    } catch (error) {
      this.#kernels = instantiateKernels(this.module, this.memory)
      throw new Error(`the kernel ${name} trapped: ${(error as Error).message}`, { cause: error })
    }
  }
}
