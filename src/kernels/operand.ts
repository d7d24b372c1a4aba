// How kernels reach operands: any dtype widened to float64, stretched axes walked by their Map, results narrowed once.
import {
  BF16, BOOL, CALL_EXTENTS, CALL_OPERANDS, CALL_UPSTREAM, F16, F32, F64, I16, I32, I64, I8, INDEX, MAP_AXES, MAP_RANK, OPERAND_ADDRESS,
  OPERAND_DTYPE, OPERAND_GRADIENT, OPERAND_MAP, OPERAND_SIZE, PARTIAL_VALUE, PARTIAL_WHOLE, U16, U32, U64
} from './layout'

/** Size `k` that the family gives. */
// @ts-ignore: decorator
@inline export function extentOf (call: usize, k: u32): u32 { return load<u32>(call + CALL_EXTENTS + (k << 2)) }

/** grad_output of entry `r`, 1 where there is none. */
// @ts-ignore: decorator
@inline export function upstreamAt<T extends number> (call: usize, r: u32): f64 {
  const upstream = <usize>load<u32>(call, CALL_UPSTREAM)
  return upstream == 0 ? 1 : <f64>load<T>(upstream + <usize>r * sizeof<T>())
}

/** The record of slot `k`. */
// @ts-ignore: decorator
@inline export function operandAt (call: usize, k: u32): usize { return call + CALL_OPERANDS + k * OPERAND_SIZE }
// @ts-ignore: decorator
@inline export function addressOf (operand: usize): usize { return <usize>load<u32>(operand, OPERAND_ADDRESS) }
// @ts-ignore: decorator
@inline export function gradientOf (operand: usize): usize { return <usize>load<u32>(operand, OPERAND_GRADIENT) }
// @ts-ignore: decorator
@inline export function mapOf (operand: usize): usize { return <usize>load<u32>(operand, OPERAND_MAP) }
// @ts-ignore: decorator
@inline export function dtypeOf (operand: usize): u32 { return load<u32>(operand, OPERAND_DTYPE) }
/** The dtype code of T. */
// @ts-ignore: decorator
@inline export function codeOf<T extends number> (): u32 { return sizeof<T>() == 8 ? F64 : F32 }

/** binary16 → float64, exact: the exponent is rebased by a multiplication, which also renormalises subnormals. */
function fromHalf (bits: u32): f64 {
  const sign: u64 = <u64>(bits & 0x8000) << 48
  const rest = bits & 0x7fff
  if (rest >= 0x7c00) return reinterpret<f64>(sign | 0x7ff0000000000000 | (<u64>(rest & 0x3ff) << 42))
  const magnitude = reinterpret<f64>(<u64>rest << 42) * reinterpret<f64>(0x7ef0000000000000) // 2^1008 = 2^(1023 − 15)
  return reinterpret<f64>(reinterpret<u64>(magnitude) | sign)
}

/** Element `i` of `dtype` at `address` as float64 (64-bit integers beyond 2^53 are rounded). */
export function elementAt (address: usize, dtype: u32, i: usize): f64 {
  switch (dtype) {
    case F64: return load<f64>(address + (i << 3))
    case F32: return <f64>load<f32>(address + (i << 2))
    case F16: return fromHalf(load<u16>(address + (i << 1)))
    case BF16: return <f64>reinterpret<f32>(<u32>load<u16>(address + (i << 1)) << 16)
    case U64: return <f64>load<u64>(address + (i << 3))
    default: return <f64>integerAt(address, dtype, i)
  }
}

/** Element `i` of an integer `dtype`, exactly; a u64 beyond int64 saturates, which no index check lets pass. */
export function integerAt (address: usize, dtype: u32, i: usize): i64 {
  switch (dtype) {
    case I64: return load<i64>(address + (i << 3))
    case I32: return <i64>load<i32>(address + (i << 2))
    case I16: return <i64>load<i16>(address + (i << 1))
    case I8: return <i64>load<i8>(address + i)
    case U64: return min<u64>(load<u64>(address + (i << 3)), <u64>i64.MAX_VALUE)
    case U32: return <i64>load<u32>(address + (i << 2))
    case U16: return <i64>load<u16>(address + (i << 1))
    case BOOL: return load<u8>(address + i) != 0 ? 1 : 0
    default: return <i64>load<u8>(address + i)
  }
}

/** Offset, in elements, of entry `at` of the unreduced loss within the operand that `map` describes. */
// @ts-ignore: decorator
@inline export function offsetOf (map: usize, at: u32): usize {
  const rank = load<u32>(map, MAP_RANK)
  return rank == 1 ? <usize>at * <usize>load<u32>(map + MAP_AXES, 4) : offsetAlong(map, rank, at)
}

function offsetAlong (map: usize, rank: u32, at: u32): usize {
  let offset: usize = 0
  for (let axis = rank - 1; axis > 0; axis--) {
    const pair = map + MAP_AXES + (axis << 3)
    const size = load<u32>(pair)
    offset += <usize>(at % size) * <usize>load<u32>(pair, 4)
    at /= size
  }
  return offset + <usize>at * <usize>load<u32>(map + MAP_AXES, 4)
}

/**
 * Copies `count` elements from `offset`, `stride` apart, widened to float64, to `to`. What T cannot hold is rounded
 * to T first, so that a wider operand is the tensor that the caller's dtype says; indices stay as they are.
 */
export function gather<T extends number> (
  address: usize, dtype: u32, offset: usize, stride: usize, count: u32, to: usize
): void {
  if (dtype == F32 && stride == 1) return widen(address + (offset << 2), count, to)
  const narrow = sizeof<T>() == 4 && dtype < <u32>INDEX
  for (let i: u32 = 0; i < count; i++) {
    const value = elementAt(address, dtype & (INDEX - 1), offset + <usize>i * stride)
    store<f64>(to + (<usize>i << 3), narrow ? <f64><f32>value : value)
  }
}

/** `count` consecutive float32 at `from` → float64 at `to`. */
function widen (from: usize, count: u32, to: usize): void {
  let i: u32 = 0
  for (; i + 2 <= count; i += 2) {
    v128.store(to + (<usize>i << 3), f64x2.promote_low_f32x4(v128.load64_zero(from + (<usize>i << 2))))
  }
  if (i < count) store<f64>(to + (<usize>i << 3), <f64>load<f32>(from + (<usize>i << 2)))
}

/** One bit pattern for every NaN: WebAssembly leaves the others to the machine. */
// @ts-ignore: decorator
@inline export function canonical (value: v128): v128 {
  return v128.bitselect(value, f64x2.splat(NaN), f64x2.eq(value, value))
}

/** `count` float64 at `from`, times `factor` → T at `to`, `stride` elements apart. */
export function scatter<T extends number> (from: usize, count: u32, factor: f64, to: usize, stride: usize): void {
  const factors = f64x2.splat(factor)
  let i: u32 = 0
  if (stride == 1) {
    for (; i + 2 <= count; i += 2) storePair<T>(to, i, f64x2.mul(v128.load(from + (<usize>i << 3)), factors))
  }
  for (; i < count; i++) {
    const value = f64x2.mul(v128.load64_splat(from + (<usize>i << 3)), factors)
    storeSingle<T>(to + <usize>i * stride * sizeof<T>(), 0, value)
  }
}

/** Two elements of T from element `i` on, as float64 lanes. */
// @ts-ignore: decorator
@inline export function loadPair<T extends number> (address: usize, i: u32): v128 {
  if (sizeof<T>() == 8) return v128.load(address + (<usize>i << 3))
  return f64x2.promote_low_f32x4(v128.load64_zero(address + (<usize>i << 2)))
}

/** One element of T in lane 0; lane 1 repeats it, so that it raises nothing that lane 0 does not. */
// @ts-ignore: decorator
@inline export function loadSingle<T extends number> (address: usize, i: u32): v128 {
  return f64x2.splat(<f64>load<T>(address + <usize>i * sizeof<T>()))
}

/** Both lanes as T from element `i` on. */
// @ts-ignore: decorator
@inline export function storePair<T extends number> (address: usize, i: u32, value: v128): void {
  if (sizeof<T>() == 8) v128.store(address + (<usize>i << 3), canonical(value))
  else v128.store64_lane(address + (<usize>i << 2), f32x4.demote_f64x2_zero(canonical(value)), 0)
}

/** The lanes of two vectors as T from element `i` on. */
// @ts-ignore: decorator
@inline export function storeFour<T extends number> (address: usize, i: u32, low: v128, high: v128): void {
  if (sizeof<T>() == 8) {
    v128.store(address + (<usize>i << 3), canonical(low))
    v128.store(address + (<usize>i << 3), canonical(high), 16)
  } else {
    const four = v128.shuffle<u64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
    v128.store(address + (<usize>i << 2), v128.bitselect(four, f32x4.splat(NaN), f32x4.eq(four, four)))
  }
}

/** Lane 0 as T at element `i`. */
// @ts-ignore: decorator
@inline export function storeSingle<T extends number> (address: usize, i: u32, value: v128): void {
  store<T>(address + <usize>i * sizeof<T>(), <T>f64x2.extract_lane(canonical(value), 0))
}

/** Records the value at fault: a whole number exactly, as `element` of an operand of indices holds it. */
export function reportValue (operand: usize, element: usize, value: f64, partial: usize): void {
  const dtype = dtypeOf(operand)
  const whole = dtype >= <u32>INDEX
  store<u32>(partial, whole ? 1 : 0, PARTIAL_WHOLE)
  if (whole) store<i64>(partial, integerAt(addressOf(operand), dtype & (INDEX - 1), element), PARTIAL_VALUE)
  else store<f64>(partial, value == value ? value : NaN, PARTIAL_VALUE)
}
