// Copies operand 0, whatever its dtype, as consecutive T to its gradient's place: for tensors that kernels read as T.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_TO } from '../layout'
import { addressOf, dtypeOf, elementAt, gradientOf, operandAt, storeSingle } from '../operand'

function convert<T extends number> (call: usize): void {
  const operand = operandAt(call, 0)
  const size = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  for (let i = load<u32>(call, CALL_FROM) * size; i < end; i++) {
    storeSingle<T>(gradientOf(operand), i, f64x2.splat(elementAt(addressOf(operand), dtypeOf(operand), i)))
  }
}

export function convert_f32 (call: usize): void { convert<f32>(call) }
export function convert_f64 (call: usize): void { convert<f64>(call) }
