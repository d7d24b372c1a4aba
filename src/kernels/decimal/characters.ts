// The bytes that mean something in JSON.
export const SPACE: u32 = 0x20
export const TAB: u32 = 0x09
export const LINE_FEED: u32 = 0x0A
export const CARRIAGE_RETURN: u32 = 0x0D
export const QUOTE: u32 = 0x22
export const PLUS: u32 = 0x2B
export const COMMA: u32 = 0x2C
export const MINUS: u32 = 0x2D
export const POINT: u32 = 0x2E
export const SLASH: u32 = 0x2F
export const ZERO: u32 = 0x30
export const COLON: u32 = 0x3A
export const OPEN_LIST: u32 = 0x5B
export const BACKSLASH: u32 = 0x5C
export const CLOSE_LIST: u32 = 0x5D
export const LOWER_T: u32 = 0x74
export const OPEN_OBJECT: u32 = 0x7B
export const CLOSE_OBJECT: u32 = 0x7D
export const LOWER_CASE: u32 = 0x20 // the bit that makes an ASCII letter lower case

// The words JSON knows and those it does not, as little-endian bytes.
export const NULL: u64 = 0x6C6C756E
export const TRUE: u64 = 0x65757274
export const ALSE: u64 = 0x65736C61 // "false" less its first letter
export const NAN: u64 = 0x4E614E
export const INFINITY: u64 = 0x7974696E69666E49
