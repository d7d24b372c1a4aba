// The first address that the module itself does not use; the engine places everything above it.

export function firstFree (): usize { return __heap_base }
