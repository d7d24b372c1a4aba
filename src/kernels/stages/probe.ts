// Applies one of ../functions to arrays: the door through which tests reach the functions. No kernel uses it.

import { exp, expm1, log, log1p, logSigmoid, pow, sigmoid, softplus, tanh, xlogy } from '../functions'

/**
 * The record, u32 each: the function's number (see `apply`), how many arguments, the address of the arguments (f64),
 * of the results (f64), and of the second arguments (f64; read by pow and xlogy only).
 */
export function probe (call: usize): void {
  const id = load<u32>(call)
  const end = load<u32>(call, 4) * 8
  const first = <usize>load<u32>(call, 8)
  const results = <usize>load<u32>(call, 12)
  const second = id >= 8 ? <usize>load<u32>(call, 16) : first
  let offset: usize = 0
  for (; offset + 16 <= end; offset += 16) {
    v128.store(results + offset, apply(id, v128.load(first + offset), v128.load(second + offset)))
  }
  if (offset < end) {
    const last = apply(id, v128.load64_splat(first + offset), v128.load64_splat(second + offset))
    v128.store64_lane(results + offset, last, 0)
  }
}

function apply (id: u32, x: v128, y: v128): v128 {
  switch (id) {
    case 0: return exp(x)
    case 1: return expm1(x)
    case 2: return log(x)
    case 3: return log1p(x)
    case 4: return tanh(x)
    case 5: return sigmoid(x)
    case 6: return softplus(x)
    case 7: return logSigmoid(x)
    case 8: return pow(x, y)
    default: return xlogy(x, y)
  }
}
