// What the kernels of adaptive_log_softmax share with their family; both compilers read this file.

/** Bytes of the Adaptive record. */
export const ADAPTIVE_SIZE = 256
/** Rows of weights whose gradients are summed together. */
export const ADAPTIVE_ROWS = 16

/** Room for `count` numbers that are stored in pairs. */
export function even (count: number): number { return count + count % 2 }
