// A weighted sum of tensors of one shape: CALL_LIST holds pairs of an address and a factor, the gradient's place of operand
// 0 is where the sum goes.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_LIST, CALL_LIST_COUNT, CALL_TO } from '../layout'
import { gradientOf, loadSingle, operandAt, storeSingle } from '../operand'

function combine<T extends number> (call: usize): void {
  const size = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  const to = gradientOf(operandAt(call, 0))
  for (let i = load<u32>(call, CALL_FROM) * size; i < end; i++) storeSingle<T>(to, i, sumAt<T>(call, i))
}

/** The weighted sum of the elements `i`. */
function sumAt<T extends number> (call: usize, i: u32): v128 {
  const list = <usize>load<u32>(call, CALL_LIST)
  const end = list + (<usize>load<u32>(call, CALL_LIST_COUNT) << 3)
  let sum = f64x2.splat(0)
  for (let pair = list; pair < end; pair += 16) {
    sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(pair, 8), loadSingle<T>(<usize>load<f64>(pair), i)))
  }
  return sum
}

export function combine_f32 (call: usize): void { combine<f32>(call) }
export function combine_f64 (call: usize): void { combine<f64>(call) }
