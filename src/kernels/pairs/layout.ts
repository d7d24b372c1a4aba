// What the kernels of the losses over pairs of rows share with their family; both compilers read this file.
//
// The rows of query, key and negatives are rows of one matrix Z in the shared work area, numbered in that order: with B
// pairs, row z < B is a query, its positive is row z + K, and negatives start at row 2K. K is B, or the next whole panel
// where columns start at a key. A stage takes rows from `first` on, each against the columns base … base + columns − 1,
// which are rows of Z too.
//
// A panel is four rows side by side: 16 bytes of each row, then the next 16 of each. So one stream of whole lines feeds
// a register tile. The work area:
//
//   maxima | factors | positives | losses | norms   float64 for each row of Z
//   Z as float64                                    panels of rows, a line apart
//   Z as float32                                    the same (float32 precision alone)
//   Zᵀ                                              panels of rows of Zᵀ (where gradients are wanted), float32 or float64
//   kept similarities                               panels of rows of the stage that computed them

/** Rows of a panel. */
export const PANEL = 4
/** Rows of a block; whole panels. */
export const PAIRS_ROWS = 16
/** Columns of a tile: a tile of similarities and one of weights stay in the first-level cache. */
export const PAIRS_TILE = 128
/** Elements that rows are padded to, and float64 in a cache line. */
export const LINE = 8
/** Bytes of a list of a panel's lines. */
export const LIST_SIZE = 192
/** Bytes of the Sweep record. */
export const SWEEP_SIZE = 256

// Extents of a stage, as indices
export const PAIRS = 0     // B
export const KEYS = 1      // K
export const FIRST = 2     // row of Z that is the stage's first
export const BASE = 3      // row of Z that is its first column
export const COLUMNS = 4
export const LENGTH = 5    // D
export const FLAGS = 6
export const ROWS = 7      // rows of Z

// Flags
export const MASK_SELF = 1    // a row is not compared with itself
export const OWN_COLUMNS = 2  // the columns of row r start at base + r·columns
export const KEEP = 4         // similarities are kept for later stages
export const KEPT = 8         // they were kept,
export const TRANSPOSED = 16  // by a stage whose columns are the rows of this one
export const ALL_ANCHORS = 32 // keys have a loss of their own, as queries have
export const GRADIENTS = 64   // there is room for Zᵀ
