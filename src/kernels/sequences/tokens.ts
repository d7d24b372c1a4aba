// Scores tokens: the rows are those of cross entropy, and positions at the end of a sequence that score nothing get the
// gradient 0. Extents: none, as rows have no vectors for answers; how many positions of a sequence score a token; how many of
// all sequences score none.
import {
  CALL_BLOCK, CALL_COUNT, CALL_EXTENTS, CALL_FROM, CALL_LOSS, CALL_PARTIALS, CALL_SCALE, CALL_TO, MAP_LENGTH,
  PARTIAL_SIZE, PARTIAL_SUM
} from '../layout'
import { cross_entropy_f32, cross_entropy_f64 } from '../losses/cross_entropy'
import { scalarLog } from '../functions'
import { gradientOf, mapOf, offsetOf, operandAt, storeSingle } from '../operand'

const POSITIONS: usize = CALL_EXTENTS + 4
const DROPPED: usize = CALL_EXTENTS + 8

/** One past the last entry of this part. */
// @ts-ignore: decorator
@inline function endOf (call: usize): u32 {
  return min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * load<u32>(call, CALL_BLOCK))
}

/** Cross entropy of the blocks of one part. */
export function scoreTokens<T extends number> (call: usize): void {
  if (gradientOf(operandAt(call, 0)) != 0 && load<u32>(call + DROPPED) != 0) clearLast<T>(call)
  if (sizeof<T>() == 4) cross_entropy_f32(call)
  else cross_entropy_f64(call)
}

/** Sets the gradient of the last position of every sequence that ends in this part to 0; where no position scores, of all. */
function clearLast<T extends number> (call: usize): void {
  const operand = operandAt(call, 0)
  const map = mapOf(operand)
  const size = <usize>load<u32>(map, MAP_LENGTH) * sizeof<T>()
  const positions = load<u32>(call + POSITIONS)
  if (positions == 0) return memory.fill(gradientOf(operand), 0, size * load<u32>(call + DROPPED))
  const first = load<u32>(call, CALL_FROM) * load<u32>(call, CALL_BLOCK)
  for (let last = first + positions - 1 - first % positions; last < endOf(call); last += positions) {
    memory.fill(gradientOf(operand) + offsetOf(map, last) * sizeof<T>() + size, 0, size)
  }
}

/** The same with losses, sums and gradients divided by `unit`. */
export function scoreTokensIn<T extends number> (call: usize, unit: f64): void {
  store<f64>(call, load<f64>(call, CALL_SCALE) / unit, CALL_SCALE)
  scoreTokens<T>(call)
  const out = <usize>load<u32>(call, CALL_LOSS)
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    store<f64>(partial, load<f64>(partial, PARTIAL_SUM) / unit, PARTIAL_SUM)
  }
  if (out == 0) return
  for (let r = load<u32>(call, CALL_FROM) * size; r < endOf(call); r++) {
    storeSingle<T>(out, r, f64x2.splat(<f64>load<T>(out + <usize>r * sizeof<T>()) / unit))
  }
}

/** What the option `base` divides by: 0 stands for e. */
export function unitOf (base: f64): f64 { return base == 0 ? 1 : scalarLog(base) }
