// The kernels over a memory of their own, with the little a test needs to lay records out by hand.
import { compileKernels, instantiateKernels } from '../src/engine/module.js'

const PAGE = 65536

/** Instantiates the kernels over `megabytes` of fresh shared memory; `alloc` hands out 16-byte aligned addresses. */
export function loadKernels (megabytes = 16) {
  const pages = megabytes * 1024 * 1024 / PAGE
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const kernels = instantiateKernels(compileKernels(), memory)
  const view = new DataView(memory.buffer)
  const bytes = new Uint8Array(memory.buffer)
  let top = kernels.heapBase
  const alloc = (size: number): number => {
    const address = (top + 15) & ~15
    top = address + size
    return address
  }
  const reset = () => { top = kernels.heapBase }
  return { kernels, memory, view, bytes, alloc, reset }
}
