// Negative log-likelihood of log-probabilities x: −w_y·x_y; PyTorch `F.nll_loss`. Of a row it reads one element.
import {
  CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_SCALE, CALL_TO, MAP_AXES, MAP_LENGTH,
  MAP_RANK, MAP_STRIDE, PARTIAL_SIZE, PARTIAL_SUM, PARTIAL_WEIGHT
} from '../layout'
import { addressOf, codeOf, dtypeOf, elementAt, gradientOf, mapOf, offsetOf, operandAt, storeSingle, upstreamAt } from '../operand'
import { classAt, IGNORED, OUTSIDE, refuseClass, weightAt } from '../rows/classes'
import { isMasked, sampleWeight } from '../shares'

function nll<T extends number> (call: usize): void {
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const end = min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size)
    const gradient = gradientOf(operandAt(call, 0))
    if (gradient != 0) clearRows<T>(mapOf(operandAt(call, 0)), b * size, end, gradient)
    block<T>(call, b * size, end, <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE)
  }
}

/** Rows [start, end): their losses, sums and what is not 0 of their gradients, up to the first fault. */
function block<T extends number> (call: usize, start: u32, end: u32, partial: usize): void {
  const out = <usize>load<u32>(call, CALL_LOSS)
  const classes = load<u32>(mapOf(operandAt(call, 0)), MAP_LENGTH)
  const ignored = load<f64>(call, CALL_OPTIONS)
  let sum: f64 = 0
  let weights: f64 = 0
  for (let r = start; r < end; r++) {
    const y = isMasked(call, r) ? IGNORED : classAt(call, r, classes, ignored)
    if (y == OUTSIDE) return refuseClass(call, r, partial)
    const weight = y < 0 ? 0 : weightAt<T>(call, y) * sampleWeight<T>(call, r)
    const value = y < 0 ? 0 : -weight * evaluate<T>(call, r, y, weight)
    sum += value
    weights += weight
    if (out != 0) storeSingle<T>(out, r, f64x2.splat(value))
  }
  store<f64>(partial, sum, PARTIAL_SUM)
  store<f64>(partial, weights, PARTIAL_WEIGHT)
}

/** x_y of row `r`; sets its gradient. A sum of weights that is 0 makes that NaN and leaves the zeros alone. */
// @ts-ignore: decorator
@inline function evaluate<T extends number> (call: usize, r: u32, y: u32, weight: f64): f64 {
  const operand = operandAt(call, 0)
  const map = mapOf(operand)
  const at = offsetOf(map, r) + <usize>y * load<u32>(map, MAP_STRIDE)
  const gradient = gradientOf(operand)
  const scale = upstreamAt<T>(call, r) * load<f64>(call, CALL_SCALE)
  if (gradient != 0) storeSingle<T>(gradient + at * sizeof<T>(), 0, f64x2.splat(-weight * scale))
  return dtypeOf(operand) == codeOf<T>()
    ? <f64>load<T>(addressOf(operand) + at * sizeof<T>())
    : <f64><T>elementAt(addressOf(operand), dtypeOf(operand), at)
}

/** Sets rows [start, end) of the tensor at `to` to 0: together where they follow each other, else run by run. */
function clearRows<T extends number> (map: usize, start: u32, end: u32, to: usize): void {
  const length = load<u32>(map, MAP_LENGTH)
  const stride = <usize>load<u32>(map, MAP_STRIDE)
  const last = map + MAP_AXES + ((load<u32>(map, MAP_RANK) - 1) << 3)
  if (stride == 1) {
    return memory.fill(to + offsetOf(map, start) * sizeof<T>(), 0, <usize>(end - start) * length * sizeof<T>())
  }
  for (let r = start; r < end;) {
    const run = min<u32>(end - r, load<u32>(last) - r % load<u32>(last))
    const first = to + offsetOf(map, r) * sizeof<T>()
    for (let c: u32 = 0; c < length; c++) memory.fill(first + <usize>c * stride * sizeof<T>(), 0, <usize>run * sizeof<T>())
    r += run
  }
}

export function nll_f32 (call: usize): void { nll<f32>(call) }
export function nll_f64 (call: usize): void { nll<f64>(call) }
