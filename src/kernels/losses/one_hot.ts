// one_hot: labels to vectors of int64; PyTorch `F.one_hot`. How many classes there are comes with the call, or from
// the greatest label.
import {
  CALL_BLOCK, CALL_COUNT, CALL_EXTENTS, CALL_FROM, CALL_LOSS, CALL_PARTIALS, CALL_TO, INDEX, PARTIAL_FAULT,
  PARTIAL_INDEX, PARTIAL_SIZE, PARTIAL_SLOT, PARTIAL_SUM
} from '../layout'
import { addressOf, dtypeOf, integerAt, operandAt, reportValue } from '../operand'

const NEGATIVE: u32 = 1
const TOO_LARGE: u32 = 2

/** Label `i`. */
function labelAt (call: usize, i: u32): i64 {
  const labels = operandAt(call, 0)
  return integerAt(addressOf(labels), dtypeOf(labels) & (INDEX - 1), i)
}

/** Records that label `i` is refused. */
function refuseLabel (call: usize, fault: u32, i: u32, partial: usize): void {
  store<u32>(partial, fault, PARTIAL_FAULT)
  store<u32>(partial, 0, PARTIAL_SLOT)
  store<u32>(partial, i, PARTIAL_INDEX)
  reportValue(operandAt(call, 0), i, 0, partial)
}

/** The vectors of one part. */
function encode (call: usize): void {
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const end = min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size)
    encodeBlock(call, b * size, end, <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE)
  }
}

/** The vectors of labels [start, end), up to the first that has none. */
function encodeBlock (call: usize, start: u32, end: u32, partial: usize): void {
  const classes = load<u32>(call, CALL_EXTENTS)
  const loss = <usize>load<u32>(call, CALL_LOSS)
  for (let i = start; i < end; i++) {
    const label = labelAt(call, i)
    if (label < 0) return refuseLabel(call, NEGATIVE, i, partial)
    if (label >= <i64>classes) return refuseLabel(call, TOO_LARGE, i, partial)
    const row = loss + ((<usize>i * <usize>classes) << 3)
    memory.fill(row, 0, <usize>classes << 3)
    store<i64>(row + (<usize>label << 3), 1)
  }
}

/** The greatest label, as the sum of the one block there is. */
function findGreatest (call: usize): void {
  const partial = <usize>load<u32>(call, CALL_PARTIALS)
  let greatest: i64 = -1
  for (let i: u32 = 0; i < load<u32>(call, CALL_COUNT); i++) {
    const label = labelAt(call, i)
    if (label < 0) return refuseLabel(call, NEGATIVE, i, partial)
    greatest = max<i64>(greatest, label)
  }
  store<f64>(partial, <f64>greatest, PARTIAL_SUM)
}

export function one_hot_f32 (call: usize): void { encode(call) }
export function one_hot_f64 (call: usize): void { encode(call) }
export function one_hot_greatest_f32 (call: usize): void { findGreatest(call) }
export function one_hot_greatest_f64 (call: usize): void { findGreatest(call) }
