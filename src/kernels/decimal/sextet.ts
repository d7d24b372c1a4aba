// The base64 alphabet, one character and sixteen at a time.
// Muła and Lemire, Base64 encoding and decoding at almost the speed of a memory copy (2019).

export const PADDING: u32 = 0x3D

/** The six bits that the character `c` stands for; more than 63 when it stands for none. */
export function sextet (c: u32): u32 {
  if (c - 0x41 < 26) return c - 0x41      // A to Z
  if (c - 0x61 < 26) return c - 0x61 + 26 // a to z
  if (c - 0x30 < 10) return c - 0x30 + 52 // 0 to 9
  if (c == 0x2B) return 62                // +
  return c == 0x2F ? 63 : 64              // /
}

// By the high and low four bits of a character: classes that do not share a bit are in the alphabet together.
// @ts-ignore: decorator
@inline function highClass (nibbles: v128): v128 {
  return i8x16.swizzle(i8x16(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
    0x10), nibbles)
}

// @ts-ignore: decorator
@inline function lowClass (nibbles: v128): v128 {
  return i8x16.swizzle(i8x16(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B,
    0x1A), nibbles)
}

// @ts-ignore: decorator
@inline function highNibbles (characters: v128): v128 { return i8x16.shr_u(characters, 4) }

/** Whether all sixteen characters are in the alphabet. */
// @ts-ignore: decorator
@inline export function isBlock (characters: v128): bool {
  const low = lowClass(v128.and(characters, i8x16.splat(0x0F)))
  return !v128.any_true(v128.and(low, highClass(highNibbles(characters))))
}

/** The twelve bytes that sixteen characters of the alphabet stand for, and four bytes of 0. */
// @ts-ignore: decorator
@inline export function blockOf (characters: v128): v128 {
  // What to add to a character, by its high four bits; the slash (2F) shares them with the plus (2B), and takes row 1.
  const isSlash = i8x16.eq(characters, i8x16.splat(0x2F))
  const rows = i8x16.add(isSlash, highNibbles(characters))
  const shifts = i8x16.swizzle(i8x16(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0), rows)
  const sextets = i8x16.add(characters, shifts) // 00dddddd 00cccccc 00bbbbbb 00aaaaaa, from the high byte on
  // a << 6 | b and c << 6 | d in 16 bits, then both in 24 bits.
  const twelves = v128.or(
    i16x8.shl(v128.and(sextets, i16x8.splat(0x00FF)), 6),
    i16x8.shr_u(sextets, 8)
  )
  const wholes = v128.or(i32x4.shl(v128.and(twelves, i32x4.splat(0xFFFF)), 12), i32x4.shr_u(twelves, 16))
  return i8x16.swizzle(wholes, i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1))
}
