// Products of 64-bit numbers, which WebAssembly has no instruction for.

/** The high 64 bits of a × b; the low ones are a * b. */
// @ts-ignore: decorator
@inline export function multiplyHigh (a: u64, b: u64): u64 {
  const a0 = a & 0xFFFFFFFF
  const a1 = a >> 32
  const b0 = b & 0xFFFFFFFF
  const b1 = b >> 32
  const middle = a1 * b0 + (a0 * b0 >> 32) // at most (2^32 - 1)^2 + 2^32 - 1: no carry is lost
  const other = a0 * b1 + (middle & 0xFFFFFFFF)
  return a1 * b1 + (middle >> 32) + (other >> 32)
}
