// What the kernels of the losses of totals over regions share with their family; both compilers read this file.
//
// A region is what the reduced axes span at one place of the kept ones. Entries are numbered region by region, and each
// operand's Map walks over them in that order, from element `start` on. A region is cut into chunks of one length. The
// work area:
//
//   records          RECORD_SIZE bytes for each chunk of each region: its totals; then, in the record of its first chunk,
//                    what the region's slopes are made of
//   activated input  float64, in the input's own layout (where it goes through softmax), later its slopes

/** Bytes of a record: four float64, of which the first three are totals and the last says what is wrong. */
export const RECORD_SIZE = 32
/** Entries of a chunk, at most. */
export const CHUNK = 1024
/** Rows of a chunk in scratch, and bytes of what precedes them. */
export const CHUNK_ROWS = 4
export const CHUNK_HEAD = 128

// Extents of a stage, as indices
export const REGIONS = 0    // regions
export const SIZE = 1       // entries of a region
export const CHUNKS = 2     // chunks of a region, at least one
export const START = 3      // elements that every operand is read behind
export const UNIT = 4       // what a region counts as in the stage that sums
export const ACTIVATED = 5  // where in the work area the activated input lies, 0 for nowhere
export const CLASSES = 6    // length of the last axis
