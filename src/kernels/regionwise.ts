// Runs a loss of totals over regions in three stages: `totals` adds up every chunk, `settle` folds the chunks of each
// region in order and makes its loss, `spread` writes the gradients chunk by chunk.
import {
  CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_SCALE, CALL_TO, PARTIAL_FAULT, PARTIAL_INDEX,
  PARTIAL_SIZE, PARTIAL_SLOT, PARTIAL_SUM, PARTIAL_WEIGHT
} from './layout'
import { addressOf, dtypeOf, elementAt, extentOf, gradientOf, mapOf, offsetOf, operandAt, reportValue, storeSingle } from './operand'
import { Chunk, open, read, recordAt, write } from './regions/chunk'
import { CHUNKS, REGIONS, START, UNIT } from './regions/layout'
import { Regional } from './regions/loss'
import { elementOf, setElement } from './rows/row'
import { isMasked, pulledBy, sampleWeight } from './shares'

export { Chunk } from './regions/chunk'
export { Regional } from './regions/loss'

/** Totals of a record, and where it says what is wrong. */
const TOTALS: u32 = 3
const FAULT: u32 = 3

/** Marks a record: entry `i` of the chunk that starts with entry `first` is wrong in slot `k`. */
export function markFault (record: usize, k: u32, first: u32, i: u32): void {
  setElement(record, FAULT, 1 + <f64>k + 2 * (<f64>first + <f64>i))
}

/** Totals of the chunks of one part. */
export function totals<L extends Regional, T extends number> (call: usize): void {
  const loss = changetype<L>(call + CALL_OPTIONS)
  const end = lastOf(call)
  for (let c = load<u32>(call, CALL_FROM) * load<u32>(call, CALL_BLOCK); c < end; c++) {
    const chunk = open(call, c)
    if (isMasked(call, chunk.region)) continue
    read<T>(call, chunk)
    setElement(chunk.record, FAULT, 0)
    loss.ready(chunk)
    loss.add(chunk)
  }
}

/** Losses of the regions of one part. */
export function settle<L extends Regional, T extends number> (call: usize): void {
  const size = load<u32>(call, CALL_BLOCK) / extentOf(call, UNIT)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    settleBlock<L, T>(call, b * size, min<u32>(extentOf(call, REGIONS), (b + 1) * size), partial)
  }
}

/** Regions [start, end), up to the first fault. */
function settleBlock<L extends Regional, T extends number> (call: usize, start: u32, end: u32, partial: usize): void {
  const loss = changetype<L>(call + CALL_OPTIONS)
  const out = <usize>load<u32>(call, CALL_LOSS)
  let sum: f64 = 0
  let weight: f64 = 0
  for (let r = start; r < end; r++) {
    let value: f64 = 0
    if (!isMasked(call, r)) {
      const record = recordAt(call, r * extentOf(call, CHUNKS))
      const fault = fold(record, extentOf(call, CHUNKS))
      if (fault != 0) return report(call, fault, partial)
      value = sampleWeight<T>(call, r) * loss.settle(call, record, r)
      weight += sampleWeight<T>(call, r)
    }
    sum += value
    if (out != 0) storeSingle<T>(out, r, f64x2.splat(value))
  }
  store<f64>(partial, sum, PARTIAL_SUM)
  store<f64>(partial, weight, PARTIAL_WEIGHT)
}

/** Adds the records of `chunks` chunks into the first; what is wrong with the first of them that has a fault. */
function fold (record: usize, chunks: u32): f64 {
  for (let c: u32 = 0; c < chunks; c++) {
    const fault = elementOf(record, 4 * c + FAULT)
    if (fault != 0) return fault
  }
  if (chunks > 1) for (let k: u32 = 0; k < TOTALS; k++) setElement(record, k, compensated(record, chunks, k))
  return 0
}

/** Neumaier's sum of total `k`; infinities and NaN pass through as in a plain sum. */
function compensated (record: usize, chunks: u32, k: u32): f64 {
  let sum: f64 = 0
  let lost: f64 = 0
  for (let c: u32 = 0; c < chunks; c++) {
    const term = elementOf(record, 4 * c + k)
    const next = sum + term
    lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
    sum = next
  }
  return sum - sum == 0 ? sum + lost : sum
}

/** Records the element at fault. */
function report (call: usize, fault: f64, partial: usize): void {
  const slot = <u32>((<u64>fault - 1) & 1)
  const operand = operandAt(call, slot)
  const element = offsetOf(mapOf(operand), <u32>((<u64>fault - 1) >> 1)) + extentOf(call, START)
  store<u32>(partial, 1, PARTIAL_FAULT)
  store<u32>(partial, slot, PARTIAL_SLOT)
  store<u32>(partial, <u32>element, PARTIAL_INDEX)
  reportValue(operand, element, elementAt(addressOf(operand), dtypeOf(operand), element), partial)
}

/** Gradients of the chunks of one part. */
export function spread<L extends Regional, T extends number> (call: usize): void {
  const end = lastOf(call)
  for (let c = load<u32>(call, CALL_FROM) * load<u32>(call, CALL_BLOCK); c < end; c++) {
    const chunk = open(call, c)
    if (chunk.count == 0) continue
    if (isMasked(call, chunk.region)) leaveOut<T>(call, chunk)
    else spreadChunk<L, T>(call, changetype<L>(call + CALL_OPTIONS), chunk)
  }
}

/** Gradients of one chunk. */
function spreadChunk<L extends Regional, T extends number> (call: usize, loss: L, chunk: Chunk): void {
  read<T>(call, chunk)
  loss.ready(chunk)
  const factor = pulledBy<T>(call, chunk.region) * load<f64>(call, CALL_SCALE)
  // Slopes of the target first: those of an activated input take its place.
  for (let k: i32 = 1; k >= 0; k--) {
    if (gradientOf(operandAt(call, k)) == 0) continue
    loss.slopes(chunk, k)
    write<T>(call, chunk, k, factor)
  }
}

/** A chunk of a region that is left out: its gradients are 0 whatever the scale. */
function leaveOut<T extends number> (call: usize, chunk: Chunk): void {
  memory.fill(chunk.out, 0, <usize>chunk.count << 3)
  for (let k: u32 = 0; k < 2; k++) if (gradientOf(operandAt(call, k)) != 0) write<T>(call, chunk, k, 1)
}

/** One past the last entry of the part. */
// @ts-ignore: decorator
@inline function lastOf (call: usize): u32 {
  return min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * load<u32>(call, CALL_BLOCK))
}
