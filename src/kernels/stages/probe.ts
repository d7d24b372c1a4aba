// Applies one of ../functions to arrays: the door through which tests reach the functions. No kernel uses it.

import * as four from '../functions/four'
import {
  expm1Of, expOf, log1pOf, logOf, logSigmoidOf, powOf, sigmoidOf, softplusOf, tanhOf, xlogyOf
} from '../functions/of'

/**
 * The record, u32 each: the function's number (see `apply`), how many arguments, the address of the arguments (f64),
 * of the results (f64), and of the second arguments (f64; read by pow and xlogy only).
 */
function probe<T extends number> (call: usize): void {
  const id = load<u32>(call)
  const end = load<u32>(call, 4) * 8
  const first = <usize>load<u32>(call, 8)
  const results = <usize>load<u32>(call, 12)
  const second = id >= 8 ? <usize>load<u32>(call, 16) : first
  let offset: usize = 0
  for (; offset + 16 <= end; offset += 16) {
    v128.store(results + offset, apply<T>(id, v128.load(first + offset), v128.load(second + offset)))
  }
  if (offset < end) {
    const last = apply<T>(id, v128.load64_splat(first + offset), v128.load64_splat(second + offset))
    v128.store64_lane(results + offset, last, 0)
  }
}

function apply<T extends number> (id: u32, x: v128, y: v128): v128 {
  switch (id) {
    case 0: return expOf<T>(x)
    case 1: return expm1Of<T>(x)
    case 2: return logOf<T>(x)
    case 3: return log1pOf<T>(x)
    case 4: return tanhOf<T>(x)
    case 5: return sigmoidOf<T>(x)
    case 6: return softplusOf<T>(x)
    case 7: return logSigmoidOf<T>(x)
    case 8: return powOf<T>(x, y)
    default: return xlogyOf<T>(x, y)
  }
}

export function probe_f32 (call: usize): void { probe<f32>(call) }
export function probe_f64 (call: usize): void { probe<f64>(call) }

/** The same for the functions of four lanes: all arrays hold f32, and their lengths are multiples of four. */
export function probeFour (call: usize): void {
  const id = load<u32>(call)
  const end = load<u32>(call, 4) * 4
  const first = <usize>load<u32>(call, 8)
  const results = <usize>load<u32>(call, 12)
  const second = <usize>load<u32>(call, 16)
  for (let offset: usize = 0; offset < end; offset += 16) {
    v128.store(results + offset, applyFour(id, v128.load(first + offset), v128.load(second + offset)))
  }
}

function applyFour (id: u32, x: v128, y: v128): v128 {
  switch (id) {
    case 0: return four.exp(x)
    case 1: return four.decay(x, y)
    case 2: return four.log(x)
    case 3: return four.logComplement(x)
    default: return four.log1pUnit(x)
  }
}
