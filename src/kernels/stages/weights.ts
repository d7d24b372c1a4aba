// Adds up the weights of the classes that targets name: what a weighted mean is divided by, known before the scores are
// read. Slots are those of the losses of class indices: input, target, weight; the first option is ignore_index.
import {
  CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_OPTIONS, CALL_PARTIALS, CALL_TO, MAP_LENGTH, PARTIAL_SIZE, PARTIAL_WEIGHT
} from '../layout'
import { mapOf, operandAt } from '../operand'
import { classAt, OUTSIDE, refuseClass, weightAt } from '../rows/classes'

function weigh<T extends number> (call: usize): void {
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    weighBlock<T>(call, b * size, min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size), partial)
  }
}

/** Targets [start, end), up to the first that there is no class for. */
function weighBlock<T extends number> (call: usize, start: u32, end: u32, partial: usize): void {
  const classes = load<u32>(mapOf(operandAt(call, 0)), MAP_LENGTH)
  const ignored = load<f64>(call, CALL_OPTIONS)
  let weight: f64 = 0
  for (let r = start; r < end; r++) {
    const y = classAt(call, r, classes, ignored)
    if (y == OUTSIDE) return refuseClass(call, r, partial)
    if (y >= 0) weight += weightAt<T>(call, y)
  }
  store<f64>(partial, weight, PARTIAL_WEIGHT)
}

export function class_weights_f32 (call: usize): void { weigh<f32>(call) }
export function class_weights_f64 (call: usize): void { weigh<f64>(call) }
