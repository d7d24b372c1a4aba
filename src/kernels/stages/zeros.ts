// Fills the gradient's place of operand 0 with zeros.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_TO } from '../layout'
import { gradientOf, operandAt } from '../operand'

function zeros<T extends number> (call: usize): void {
  const size = load<u32>(call, CALL_BLOCK)
  const start = load<u32>(call, CALL_FROM) * size
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  memory.fill(gradientOf(operandAt(call, 0)) + <usize>start * sizeof<T>(), 0, <usize>(end - start) * sizeof<T>())
}

export function zeros_f32 (call: usize): void { zeros<f32>(call) }
export function zeros_f64 (call: usize): void { zeros<f64>(call) }
