// What the kernels of the losses over pairs of rows share with their family; both compilers read this file.
//
// Every row of query, key and negatives is a row of one matrix Z in the shared work area, numbered in that order: with
// B pairs, row z < B is a query, its positive is row z + B, and negatives start at row 2B. A stage takes rows from
// `first` on, each against the columns base … base + columns − 1, which are rows of Z too. The work area:
//
//   maxima | factors | positives | losses   float64 for each of the 2B rows, and STATISTICS_SLACK more
//   Z                                       rows × (a line whose first float64 is the norm, then the row)
//   kept similarities                       one line-padded row for each row of the stage that computed them

/** Rows of a block; even, as rows are taken two by two. */
export const PAIRS_ROWS = 16
/** Columns of a tile: a tile of similarities and one of weights stay in the first-level cache. */
export const PAIRS_TILE = 128
/** Float64 in a cache line; rows and their sums are padded to it. */
export const LINE = 8
/** Rows after the last one that tiles may read: one more row and three more columns than there are. */
export const SLACK_ROWS = 4
export const STATISTICS_SLACK = 8
/** Bytes of the Sweep record. */
export const SWEEP_SIZE = 192

// Extents of a stage, as indices
export const PAIRS = 0     // B
export const ANCHORS = 1   // rows z below this have a loss of their own
export const FIRST = 2     // row of Z that is the stage's first
export const BASE = 3      // row of Z that is its first column
export const COLUMNS = 4
export const LENGTH = 5    // D
export const FLAGS = 6
export const ROWS = 7      // rows of Z, slack included

// Flags
export const MASK_SELF = 1    // a row is not compared with itself
export const OWN_COLUMNS = 2  // the columns of row r start at base + r·columns
export const KEEP = 4         // similarities are kept for later stages
export const KEPT = 8         // they were kept,
export const TRANSPOSED = 16  // by a stage whose columns are the rows of this one
