// The memory layouts that the service and the kernels share, in bytes; both compilers read this one file.
// A kernel takes one argument, the address of a record, and answers by writing into it or where it points.

// dtype codes
export const F64 = 0
export const F32 = 1
export const F16 = 2
export const BF16 = 3
export const I64 = 4
export const I32 = 5
export const I16 = 6
export const I8 = 7
export const U64 = 8
export const U32 = 9
export const U16 = 10
export const U8 = 11
export const BOOL = 12
/** Added to the code of a slot of whole numbers: they are never rounded to float32. */
export const INDEX = 256

// Call: one part of one stage of an evaluation.
export const CALL_FROM = 0        // u32: first block of this part
export const CALL_TO = 4          // u32: one past its last block
export const CALL_COUNT = 8       // u32: entries of the unreduced loss (elements or rows)
export const CALL_BLOCK = 12      // u32: entries in a block
export const CALL_LOSS = 16       // u32: address of the unreduced loss, 0 when nobody asked for it
export const CALL_PARTIALS = 20   // u32: address of one Partial per block
export const CALL_UPSTREAM = 24   // u32: address of grad_output in the shape of the unreduced loss, 0 for ones
export const CALL_SCRATCH = 28    // u32: address of memory that this part alone may use
export const CALL_SCALE = 32      // f64: every gradient is multiplied by this
export const CALL_CENTER = 40     // f64: subtracted from the gradient of a weight (quotient rule of a weighted mean)
export const CALL_OPTIONS = 48    // f64 × 8: the loss's options, in the order of its class's fields
export const CALL_EXTENTS = 112   // u32 × 8: sizes, as the family reads them
export const CALL_OPERANDS = 144  // Operand × 10: up to eight slots, in the order of the entry, and the two below
export const CALL_WORK = 304      // u32: address of memory that all parts and stages of the evaluation share
export const CALL_LIST = 308      // u32: address of an option that is a list, f64 each
export const CALL_LIST_COUNT = 312 // u32: its length, 0 when there is none
export const CALL_SHARES = 316     // u32: 1 when operands 8 or 9 came, + 2 when the loss's own weights count in the divisor, too
export const CALL_KEPT = 320       // u32: address of u32 each: which of all entries the entry is that is r-th among those a mask keeps;
//      0 when entries are numbered as they came
export const CALL_SIZE = 328

/** Operands that most losses may have: a weight of each entry, and which entries count. */
export const SAMPLE_WEIGHT = 8
export const MASK = 9
/** Operands of a call. */
export const OPERANDS = 10

// Operand: one slot as a kernel sees it.
export const OPERAND_ADDRESS = 0  // u32: first element, 0 when the slot was left out
export const OPERAND_DTYPE = 4    // u32: dtype code
export const OPERAND_GRADIENT = 8 // u32: where its gradient goes, 0 when nobody asked for it
export const OPERAND_MAP = 12     // u32: address of its Map, 0 when it lies exactly as the unreduced loss does
export const OPERAND_SIZE = 16

// Map: how the unreduced loss's axes walk over an operand, in elements: u32 rank, then rank × (u32 size, u32 stride),
// outermost first; the stride is 0 along a stretched axis.
export const MAP_RANK = 0
export const MAP_LENGTH = 4       // u32: length of the row that belongs to one entry (row-wise families)
export const MAP_STRIDE = 8       // u32: distance of its elements
export const MAP_STRETCHED = 12   // u32: 1 when some stride is 0: its gradient is then written as float64 in the
//      loss's layout and summed afterwards
export const MAP_AXES = 16

// Partial: what a block adds to the reductions, or the first thing that is wrong with its operands.
export const PARTIAL_SUM = 0      // f64: sum of the block's losses
export const PARTIAL_WEIGHT = 8   // f64: sum of what the mean divides by
export const PARTIAL_FAULT = 16   // u32: fault code of the loss, 0 for none
export const PARTIAL_SLOT = 20    // u32: the operand at fault
export const PARTIAL_INDEX = 24   // u32: flat index of the element at fault within that operand
export const PARTIAL_WHOLE = 28   // u32: 1 when PARTIAL_VALUE is an i64
export const PARTIAL_VALUE = 32   // f64 or i64: what is wrong with it, most often the element itself
export const PARTIAL_SIZE = 40

// Text: the record of the kernels that read and write JSON.
export const TEXT_ADDRESS = 0     // u32: the text's first byte
export const TEXT_FROM = 4        // u32: first byte to read, from TEXT_ADDRESS on; for writers the capacity in bytes
export const TEXT_TO = 8          // u32: one past the last byte to read
export const TEXT_OTHER = 12      // u32: address of the table, the numbers or the bytes on the other side
export const TEXT_CAPACITY = 16   // u32: entries, elements or bytes there is room for on the other side
export const TEXT_DTYPE = 20      // u32: dtype code of the numbers: F64, F32 or I64
export const TEXT_SHAPE = 24      // u32: address of the shape, u32 × MAX_RANK
export const TEXT_RANK = 28       // u32: rank (read by writers, written by readers, also when lists are ragged)
export const TEXT_PATH = 32       // u32: address of the indices that lead to the element at fault, u32 × MAX_RANK
export const TEXT_NON_FINITE = 36 // u32: how a writer writes NaN and ±∞: one of NON_FINITE_*
export const TEXT_COUNT = 40      // u32, written: members, elements or bytes produced (needed, when there was no room;
// met, when a list of TEXT_EXPECTED elements has another length)
export const TEXT_STATUS = 44     // u32, written: 0 or a TEXT_* status below
export const TEXT_POSITION = 48   // u32, written: the offending byte, counted from TEXT_ADDRESS
export const TEXT_DEPTH = 52      // u32, written: how many indices of TEXT_PATH are set
export const TEXT_EXPECTED = 56   // u32, written: length expected where lists are ragged
export const TEXT_LINE = 60       // u32, written: line of TEXT_POSITION, from 1 (locate)
export const TEXT_COLUMN = 64     // u32, written: column of TEXT_POSITION in characters, from 1 (locate)
export const TEXT_KIND = 68       // u32, written: KIND_* of the whole text (outline)
export const TEXT_SCRATCH = 72    // u32: address of TEXT_SCRATCH_SIZE bytes that this call alone may use
export const TEXT_FIRST = 76      // u32: flat index of the first element of this part of a tensor (numbersPart, print)
export const TEXT_LAST = 80       // u32: one past its last element
export const TEXT_CUTS = 84       // u32: address of room for what MEMBER_CUTS points to, see CUTS_SIZE (outline)
export const TEXT_DEEPEST = 88   // u32: levels of lists and objects that there may be (outline), or of lists (numbers)
export const TEXT_SIZE = 92

export const TEXT_SCRATCH_SIZE = 1024

export const MAX_RANK = 32
export const MAX_NESTING = 1024   // lists and objects inside each other, where nobody reads them as numbers; TEXT_DEEPEST may be less

// What a printed element takes at most, with the comma after it. A tensor of shape [d0, d1, …] takes at most
// elements × PRINT_MAX_* + 3 × (1 + d0 + d0·d1 + … up to the last axis but one): each list has two brackets, a comma.
export const PRINT_MAX_F64 = 26   // -0.0000012345678901234567,
export const PRINT_MAX_F32 = 23   // -100000000000000000000, (f32 digits are at most 9, but 1e20 is written in full)
export const PRINT_MAX_I64 = 21   // -9223372036854775808,
export const PRINT_MAX_U8 = 4     // 255,

export const NON_FINITE_STRING = 0
export const NON_FINITE_TOKEN = 1
export const NON_FINITE_NULL = 2
export const NON_FINITE_ERROR = 3

// Status of a text kernel
export const TEXT_OK = 0
export const TEXT_MALFORMED = 1      // not JSON at TEXT_POSITION
export const TEXT_ENDED = 2          // the text ends too early
export const TEXT_NO_ROOM = 3        // the other side is too small; TEXT_COUNT says what is needed
export const TEXT_RAGGED = 4         // TEXT_PATH leads to what breaks the shape; the byte at TEXT_POSITION tells which:
//   ]  a list of TEXT_COUNT elements where its sisters have TEXT_EXPECTED
//   [  a list among numbers (TEXT_EXPECTED is 0)
//   other: a number among lists of TEXT_EXPECTED elements
export const TEXT_NOT_A_NUMBER = 5   // a string, literal or object where a number belongs
export const TEXT_NOT_AN_INTEGER = 6 // an index with a fraction, or not finite
export const TEXT_OUT_OF_RANGE = 7   // an index beyond 64 bits
export const TEXT_TOO_DEEP = 8       // more than TEXT_DEEPEST lists inside each other, or more than MAX_RANK
export const TEXT_NOT_FINITE = 9     // NON_FINITE_ERROR met NaN or ±∞ (writer); TEXT_POSITION is the flat index
export const TEXT_NOT_BASE64 = 10    // a byte outside the alphabet, or wrong padding
export const TEXT_UNEXPECTED = 11    // a part is not as the whole seemed to be; reading the whole tells what it is
export const TEXT_NESTED = 12        // more than TEXT_DEEPEST lists and objects inside each other, or more than MAX_NESTING (outline)

// Member: one line of the table that `outline` writes.
export const MEMBER_KEY_FROM = 0    // u32: the key with its quotes, counted from TEXT_ADDRESS; 0 and 0 in a list
export const MEMBER_KEY_TO = 4      // u32
export const MEMBER_VALUE_FROM = 8  // u32
export const MEMBER_VALUE_TO = 12   // u32
export const MEMBER_KIND = 16       // u32: one of KIND_*
export const MEMBER_COMMAS = 20     // u32: commas inside a list or object, at any depth: elements are at most one more
export const MEMBER_LEVELS = 24     // u32: levels of lists among each other, as far as the first closing bracket tells
export const MEMBER_CUTS = 28       // u32: address of its cuts, 0 when the value is too short to have any
export const MEMBER_CUT_COUNT = 32  // u32
export const MEMBER_SIZE = 36

// Cuts: places in a long list, outside strings, from which on a part of it can be read. First how many elements the
// first list to close on each level has, u32 × MAX_RANK from the outermost on, of which MEMBER_LEVELS are written.
// Then for each cut, u32 × 2: its address, and the commas of the list before it.
export const CUT_DISTANCE = 65536   // bytes between cuts, at least
export const CUTS_HEAD = 128        // 4 × MAX_RANK
export const CUT_SIZE = 8
/** A text of n bytes leaves at most this much in TEXT_CUTS for every CUT_DISTANCE bytes, and once more. */
export const CUTS_SIZE = 136        // CUTS_HEAD + CUT_SIZE

export const KIND_OBJECT = 1
export const KIND_LIST = 2
export const KIND_STRING = 3
export const KIND_NUMBER = 4        // a number, NaN, Infinity or -Infinity
export const KIND_LITERAL = 5       // true, false, null
