// Records the first element that a loss of rows refuses.
import { MAP_STRIDE, PARTIAL_FAULT, PARTIAL_INDEX, PARTIAL_SLOT } from '../layout'
import { mapOf, offsetOf, operandAt, reportValue } from '../operand'

/** Element `i` of row `r` of slot `slot`; `value` is what is wrong, where the slot holds no whole numbers. */
export function recordFault (
  call: usize, code: u32, slot: u32, r: u32, i: u32, value: f64, partial: usize
): void {
  const map = mapOf(operandAt(call, slot))
  recordElement(call, code, slot, offsetOf(map, r) + <usize>i * load<u32>(map, MAP_STRIDE), value, partial)
}

/** Element `element` of slot `slot`. */
export function recordElement (call: usize, code: u32, slot: u32, element: usize, value: f64, partial: usize): void {
  store<u32>(partial, code, PARTIAL_FAULT)
  store<u32>(partial, slot, PARTIAL_SLOT)
  store<u32>(partial, <u32>element, PARTIAL_INDEX)
  reportValue(operandAt(call, slot), element, value, partial)
}
