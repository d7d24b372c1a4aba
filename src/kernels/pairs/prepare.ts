// Lays the rows of query, key and negatives out as Z: float64, padded with zeros, divided by their norm when asked.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_TO, F64 } from '../layout'
import { addressOf, dtypeOf, gather, operandAt } from '../operand'
import { LENGTH } from './layout'
import { dot } from './rows'
import { extent, rowAt, sweepOf, Sweep } from './sweep'

/** Least norm that a row is divided by; PyTorch F.normalize. */
export const EPSILON: f64 = 1e-12

/** Fills the part's rows of Z. */
export function prepare<T extends number> (call: usize): void {
  const s = sweepOf(call)
  const size = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  for (let z = load<u32>(call, CALL_FROM) * size; z < end; z++) {
    fetch<T>(s, z)
    if (s.normalize != 0) normalize(s, rowAt(s, z))
  }
}

/** The operand that row `z` came from: query, key or negatives. */
export function operandOf (s: Sweep, z: u32): usize {
  return operandAt(s.call, z < s.pairs ? 0 : z < 2 * s.pairs ? 1 : 2)
}

/** First element of row `z` within its operand. */
export function offsetIn (s: Sweep, z: u32): usize {
  const row = z < s.pairs ? z : z < 2 * s.pairs ? z - s.pairs : z - 2 * s.pairs
  return <usize>row * <usize>extent(s.call, LENGTH)
}

function fetch<T extends number> (s: Sweep, z: u32): void {
  const operand = operandOf(s, z)
  const length = extent(s.call, LENGTH)
  const from = addressOf(operand)
  const to = rowAt(s, z)
  const filled = <usize>length << 3
  if (sizeof<T>() == 8 && dtypeOf(operand) == F64) memory.copy(to, from + (offsetIn(s, z) << 3), filled)
  else gather<T>(from, dtypeOf(operand), offsetIn(s, z), 1, length, to)
  memory.fill(to + filled, 0, s.bytes - filled)
}

/** v/max(‖v‖, eps), and the norm itself before it. */
function normalize (s: Sweep, row: usize): void {
  const norm = sqrt(dot(row, row, s.bytes))
  const divisor = f64x2.splat(max<f64>(norm, EPSILON))
  store<f64>(row - 64, norm)
  for (let at: usize = 0; at < s.bytes; at += 16) v128.store(row + at, f64x2.div(v128.load(row + at), divisor))
}
