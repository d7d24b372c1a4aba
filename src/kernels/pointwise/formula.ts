// A loss's formulas applied to elements of a block. V8 takes no decision out of a loop, so what is known when a loop is
// compiled comes as a constant.
import { loadSingle } from '../operand'
import { DISTANCE, EXTRA, QUICK, TARGET, Elementwise } from './loss'

/** Which of the four elements from `i` on: the first two, the last two, or element `i` alone, in both lanes. */
export const LOW: u32 = 0
export const HIGH: u32 = 1
export const SINGLE: u32 = 2

/** Elements of T as float64. */
// @ts-ignore: decorator
@inline export function read<T extends number> (address: usize, i: u32, part: u32): v128 {
  if (part == SINGLE) return loadSingle<T>(address, i)
  const at = address + <usize>i * sizeof<T>() + part * 2 * sizeof<T>()
  return sizeof<T>() == 8 ? v128.load(at) : f64x2.promote_low_f32x4(v128.load64_zero(at))
}

/** x − y. Unless `exact`, that of float32 is rounded to float32: much faster, and half an ulp below overflow. */
// @ts-ignore: decorator
@inline function difference<T extends number> (x: usize, y: usize, i: u32, part: u32, exact: bool): v128 {
  if (sizeof<T>() == 8 || exact) return f64x2.sub(read<T>(x, i, part), read<T>(y, i, part))
  const at = <usize>i << 2
  if (part == SINGLE) return f64x2.promote_low_f32x4(f32x4.sub(v128.load32_splat(x + at), v128.load32_splat(y + at)))
  const four = f32x4.sub(v128.load(x + at), v128.load(y + at))
  return f64x2.promote_low_f32x4(part == LOW ? four : v128.shuffle<u64>(four, four, 1, 1))
}

/** What the formulas call input. */
// @ts-ignore: decorator
@inline function inputAt<L extends Elementwise, T extends number> (
  loss: L, x: usize, y: usize, i: u32, part: u32, exact: bool
): v128 {
  return loss.kind() & DISTANCE ? difference<T>(x, y, i, part, exact) : read<T>(x, i, part)
}

/** What they call target; losses without one do not look at it. */
// @ts-ignore: decorator
@inline function targetAt<L extends Elementwise, T extends number> (loss: L, y: usize, i: u32, part: u32): v128 {
  return (loss.kind() & (TARGET | DISTANCE)) == TARGET ? read<T>(y, i, part) : f64x2.splat(1)
}

// @ts-ignore: decorator
@inline function extraAt<L extends Elementwise, T extends number> (loss: L, z: usize, i: u32, part: u32): v128 {
  return loss.kind() & EXTRA ? read<T>(z, i, part) : f64x2.splat(1)
}

/** What second of input is; losses without it do not look at it. */
// @ts-ignore: decorator
@inline function secondAt<L extends Elementwise, T extends number> (loss: L, q: usize, i: u32, part: u32): v128 {
  return isDefined(loss.second) ? read<T>(q, i, part) : f64x2.splat(1)
}

/** ℓ before the weight; p and q are where first and second of input lie. */
// @ts-ignore: decorator
@inline export function valueAt<L extends Elementwise, T extends number> (
  loss: L, x: usize, y: usize, z: usize, p: usize, q: usize, i: u32, part: u32, exact: bool
): v128 {
  const input = inputAt<L, T>(loss, x, y, i, part, exact)
  const target = targetAt<L, T>(loss, y, i, part)
  const extra = extraAt<L, T>(loss, z, i, part)
  if (isDefined(loss.first)) {
    return loss.valueWith(input, target, extra, read<T>(p, i, part), secondAt<L, T>(loss, q, i, part), exact)
  }
  return loss.kind() & QUICK && !exact ? loss.quick(input, target, extra) : loss.value(input, target, extra)
}

/** ∂ℓ/∂input before the weight. */
// @ts-ignore: decorator
@inline export function slopeAt<L extends Elementwise, T extends number> (
  loss: L, x: usize, y: usize, z: usize, p: usize, q: usize, i: u32, part: u32, exact: bool
): v128 {
  const input = inputAt<L, T>(loss, x, y, i, part, exact)
  const target = targetAt<L, T>(loss, y, i, part)
  const extra = extraAt<L, T>(loss, z, i, part)
  return isDefined(loss.first)
    ? loss.gradientWith(input, target, extra, read<T>(p, i, part), secondAt<L, T>(loss, q, i, part))
    : loss.gradient(input, target, extra)
}

/** ∂ℓ/∂target before the weight. */
// @ts-ignore: decorator
@inline export function targetSlopeAt<L extends Elementwise, T extends number> (
  loss: L, x: usize, y: usize, z: usize, i: u32, part: u32, exact: bool
): v128 {
  if (loss.kind() & DISTANCE) return f64x2.sub(f64x2.splat(0), slopeAt<L, T>(loss, x, y, z, 0, 0, i, part, exact))
  return loss.gradientTarget(read<T>(x, i, part), targetAt<L, T>(loss, y, i, part), extraAt<L, T>(loss, z, i, part))
}
