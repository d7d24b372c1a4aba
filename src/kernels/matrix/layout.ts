// What the kernels of the losses over a matrix share with their family; both compilers read this file.
//
// Rows a_i and columns b_j are vectors of float64, and S_ij is what a_i and b_j make: their dot product or their squared
// distance. Every list of n float64 takes `lined(n)` bytes. The work area:
//
//   norms        float64 for each row, then for each column
//   row labels   int64 for each row
//   column labels  int64 for each column
//   rows         a_0, a_1, … ; where columns are SHARED there are none, and a_i is b_i
//   columns      b_0, b_1, …
//   S            a list for each row
//   slopes       ∂Σℓ/∂S, where they stand APART; else they take S's place
//   statistics   lists with room for each row and each column, as many as the loss asks for

/** Bytes of a cache line. */
export const LINE_SIZE = 64
/** Rows of a block of products, and of gradients. */
export const MATRIX_ROWS = 8
/** Bytes of the Matrix record, and of what a loss may keep behind it. */
export const MATRIX_SIZE = 256

// Extents of a stage, as indices
export const M_ROWS = 0
export const M_COLUMNS = 1
export const M_LENGTH = 2
export const M_FLAGS = 3
export const M_SLOTS = 4     // the operands that hold rows, columns and their labels, NO_SLOT for none; four bits each
export const M_OF = 5        // what a stage of gradients is for: OF_ROWS, OF_COLUMNS, or a scalar's operand
export const M_STATISTIC = 6 // the statistic that a scalar's gradient is the sum of

export const NO_SLOT = 15
export const OF_ROWS = 0
export const OF_COLUMNS = 1

// Flags
export const SHARED = 1             // rows are the first of the columns
export const NORMALIZE_ROWS = 2     // a_i is divided by its norm
export const NORMALIZE_COLUMNS = 4  // b_j is
export const DISTANCES = 8          // S holds squared distances
export const APART = 16             // slopes have a place of their own
export const SLOPES = 32            // slopes are wanted
export const STANDARDIZE = 64       // less their mean, divided by √(their variance + eps); the first option is eps
export const CENTER = 128           // less their mean
export const SCALED = 32768         // the loss's own stage has multiplied the slopes by the scale of the reduction

export const SPARSE = 256           // a slope of 0 means that the vectors were not read, and not that they were multiplied by 0

export const PAIRED = 512           // SHARED columns of two operands, half of each; their mean squared difference, times the
//      first option, is part of the loss
export const SAMPLES = 1024         // columns are samples as rows are, and a mask leaves them out together

/** Bytes of a list of `count` float64: an odd number of lines, so that lists do not fall on the same places of the cache. */
export function lined (count: number): number { return (Math.ceil(count / 8) | 1) * LINE_SIZE }
