// The few WebAssembly types the engine uses; Node's own types leave them to the browser's library.
declare namespace WebAssembly {
  interface MemoryDescriptor { initial: number, maximum?: number, shared?: boolean }
  class Memory { constructor (descriptor: MemoryDescriptor); readonly buffer: SharedArrayBuffer }
  class Module { constructor (bytes: Uint8Array) }
  class Instance {
    constructor (module: Module, imports: Record<string, Record<string, unknown>>)
    readonly exports: Record<string, unknown>
  }
  class RuntimeError extends Error {}
}
