// Sums the gradient of a stretched operand: several entries of the loss read one of its elements. Operand 0 is the
// float64 gradient in the loss's layout, its Map walks over it element by element of the slot; the Map of operand 1
// walks over the entries that share an element.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_TO, MAP_AXES, MAP_RANK } from '../layout'
import { addressOf, gradientOf, mapOf, offsetOf, operandAt, storeSingle } from '../operand'

function fold<T extends number> (call: usize): void {
  const staged = operandAt(call, 0)
  const shared = mapOf(operandAt(call, 1))
  const size = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  for (let e = load<u32>(call, CALL_FROM) * size; e < end; e++) {
    const base = addressOf(staged) + (offsetOf(mapOf(staged), e) << 3)
    storeSingle<T>(gradientOf(staged), e, f64x2.splat(sumOver(base, shared)))
  }
}

/** Sum of the float64 that `map` walks over from `base` on: the last axis first, then those sums. */
function sumOver (base: usize, map: usize): f64 {
  const rank = load<u32>(map, MAP_RANK)
  let entries: u32 = 1
  for (let axis: u32 = 0; axis < rank; axis++) entries *= load<u32>(map + MAP_AXES + (axis << 3))
  const last = map + MAP_AXES + ((rank - 1) << 3)
  const length = load<u32>(last)
  const stride = <usize>load<u32>(last, 4) << 3
  let sum: f64 = 0
  for (let at: u32 = 0; at < entries; at += length) {
    let pointer = base + (offsetOf(map, at) << 3)
    let run: f64 = 0
    for (let i: u32 = 0; i < length; i++, pointer += stride) run += load<f64>(pointer)
    sum += run
  }
  return sum
}

export function fold_f32 (call: usize): void { fold<f32>(call) }
export function fold_f64 (call: usize): void { fold<f64>(call) }
