// Elements of any dtype as consecutive T, floating-point ones four at a time. What T cannot hold is rounded to T, so
// that a wider operand is the tensor that the caller's dtype says.
import { BF16, F16, F32, F64 } from '../layout'
import { codeOf, elementAt } from '../operand'

/** `count` elements from element `start` on. */
export function convert<T extends number> (address: usize, dtype: u32, start: usize, count: u32, to: usize): void {
  let i: u32 = 0
  if (dtype == codeOf<T>()) {
    memory.copy(to, address + start * sizeof<T>(), <usize>count * sizeof<T>())
    return
  }
  if (dtype == F16) {
    for (; i + 4 <= count; i += 4) storeFour<T>(to, i, fromHalves(v128.load64_zero(address + ((start + i) << 1))))
  } else if (dtype == BF16) {
    for (; i + 4 <= count; i += 4) storeFour<T>(to, i, fromBrains(v128.load64_zero(address + ((start + i) << 1))))
  } else if (dtype == F32) {
    for (; i + 4 <= count; i += 4) storeFour<T>(to, i, v128.load(address + ((start + i) << 2)))
  } else if (dtype == F64) {
    for (; i + 2 <= count; i += 2) {
      v128.store64_lane(to + (<usize>i << 2), f32x4.demote_f64x2_zero(v128.load(address + ((start + i) << 3))), 0)
    }
  }
  for (; i < count; i++) store<T>(to + <usize>i * sizeof<T>(), <T>elementAt(address, dtype, start + i))
}

/** `count` times element `index`. */
export function repeat<T extends number> (address: usize, dtype: u32, index: usize, count: u32, to: usize): void {
  fill<T>(<T>elementAt(address, dtype, index), count, to)
}

/** `count` times `value`. */
export function fill<T extends number> (value: T, count: u32, to: usize): void {
  const step = <u32>(16 / sizeof<T>())
  const lanes = sizeof<T>() == 8 ? f64x2.splat(<f64>value) : f32x4.splat(<f32>value)
  let i: u32 = 0
  for (; i + step <= count; i += step) v128.store(to + <usize>i * sizeof<T>(), lanes)
  for (; i < count; i++) store<T>(to + <usize>i * sizeof<T>(), value)
}

/** Four float32 as T from element `i` on. */
// @ts-ignore: decorator
@inline function storeFour<T extends number> (to: usize, i: u32, value: v128): void {
  if (sizeof<T>() == 4) v128.store(to + (<usize>i << 2), value)
  else {
    v128.store(to + (<usize>i << 3), f64x2.promote_low_f32x4(value))
    v128.store(to + (<usize>i << 3), f64x2.promote_low_f32x4(v128.shuffle<u64>(value, value, 1, 1)), 16)
  }
}

/** Four bfloat16, the low half, as float32. */
// @ts-ignore: decorator
@inline function fromBrains (bits: v128): v128 { return i32x4.shl(i32x4.extend_low_i16x8_u(bits), 16) }

/** Four binary16, the low half, as float32: the exponent is rebased by a product, which renormalises subnormals. */
// @ts-ignore: decorator
@inline function fromHalves (bits: v128): v128 {
  const wide = i32x4.extend_low_i16x8_u(bits)
  const rest = v128.and(wide, i32x4.splat(0x7fff))
  const magnitude = f32x4.mul(i32x4.shl(rest, 13), f32x4.splat(5.192296858534828e+33)) // 2^112 = 2^(127 − 15)
  const infinite = v128.and(i32x4.gt_u(rest, i32x4.splat(0x7bff)), i32x4.splat(0x7f800000)) // and NaN
  return v128.or(v128.or(magnitude, infinite), i32x4.shl(v128.xor(wide, rest), 16))
}
