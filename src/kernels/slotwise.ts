// Runs a loss of one entry per element over any number of slots: block by block, each slot as a row of float64. What a
// loss says is compiled once for both precisions, in one loop for values and one for slopes; all else is shared.
import {
  CALL_BLOCK, CALL_COUNT, CALL_EXTENTS, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_SCALE, CALL_SCRATCH, CALL_TO,
  CALL_UPSTREAM, PARTIAL_FAULT, PARTIAL_INDEX, PARTIAL_SIZE, PARTIAL_SLOT, PARTIAL_SUM, PARTIAL_WEIGHT
} from './layout'
import { gradientOf, loadSingle, mapOf, offsetOf, operandAt, reportValue, scatter } from './operand'
import { isDense } from './pointwise/block'
import { fill } from './pointwise/convert'
import { elementOf, scaleBy, setElement, total } from './rows/row'
import { Block, has, open, rowOf, SLOTS } from './slots/block'
import { Slotwise } from './slots/loss'

export { slot } from './slots/block'
export { Block, Slotwise } from './slots/loss'

/** Runs loss L over the blocks of one part; values are T, arithmetic is float64. */
export function slotwise<L extends Slotwise, T extends number> (call: usize): void {
  const loss = changetype<L>(call + CALL_OPTIONS)
  const size = load<u32>(call, CALL_BLOCK)
  const block = changetype<Block>(<usize>load<u32>(call, CALL_SCRATCH))
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    open<T>(call, block, b * size, min<u32>(size, load<u32>(call, CALL_COUNT) - b * size))
    if (prepare<L>(call, loss, block, partial)) continue
    close<T>(call, block, partial)
    for (let k: u32 = 0; k < SLOTS; k++) {
      if (gradientOf(operandAt(call, k)) == 0) continue
      slopes<L>(loss, block, k)
      writeGradient<T>(call, block, k)
    }
  }
}

/** Defaults, refusals and losses; whether something was refused. Once for both precisions. */
function prepare<L extends Slotwise> (call: usize, loss: L, block: Block, partial: usize): bool {
  for (let k: u32 = 0; k < load<u32>(call, CALL_EXTENTS); k++) {
    if (has(call, k)) continue
    const row = rowOf(call, block, k)
    fill<f64>(isDefined(loss.absent) ? loss.absent(k) : 0, block.count + 1, row)
    store<usize>(changetype<usize>(block) + k * sizeof<usize>(), row)
  }
  if (isDefined(loss.refuses) && findFault<L>(call, loss, block, partial)) return true
  for (let at: usize = 0; at < <usize>block.count << 3; at += 16) v128.store(block.out + at, loss.value(block, at))
  return false
}

/** Slopes of slot `k`; once for both precisions. */
function slopes<L extends Slotwise> (loss: L, block: Block, k: u32): void {
  if (!isDefined(loss.slope)) return
  for (let at: usize = 0; at < <usize>block.count << 3; at += 16) v128.store(block.out + at, loss.slope(block, at, k))
}

/** Records the first entry that the loss refuses, slot by slot. */
function findFault<L extends Slotwise> (call: usize, loss: L, block: Block, partial: usize): bool {
  if (!isDefined(loss.refuses)) return false
  for (let k: u32 = 0; k < load<u32>(call, CALL_EXTENTS); k++) {
    if (!has(call, k)) continue
    for (let i: u32 = 0; i < block.count; i += 2) {
      const lanes = i64x2.bitmask(loss.refuses(block, <usize>i << 3, k))
      if (lanes != 0) {
        report(call, block, k, i + (lanes & 1 ? 0 : 1), partial)
        return true
      }
    }
  }
  return false
}

/** Records entry `i` of the block of slot `k`. */
function report (call: usize, block: Block, k: u32, i: u32, partial: usize): void {
  const operand = operandAt(call, k)
  const element = mapOf(operand) == 0 ? <usize>(block.start + i) : offsetOf(mapOf(operand), block.start + i)
  store<u32>(partial, 1, PARTIAL_FAULT)
  store<u32>(partial, k, PARTIAL_SLOT)
  store<u32>(partial, <u32>element, PARTIAL_INDEX)
  reportValue(operand, element, elementOf(load<usize>(changetype<usize>(block) + k * sizeof<usize>()), i), partial)
}

/** Weighs, sums and writes the losses. */
function close<T extends number> (call: usize, block: Block, partial: usize): void {
  const out = <usize>load<u32>(call, CALL_LOSS)
  if (block.share != 0) {
    weigh(block)
    if (block.mask != 0) clearMasked(block)
    store<f64>(partial, total(block.share, block.count), PARTIAL_WEIGHT)
  }
  store<f64>(partial, total(block.out, block.count), PARTIAL_SUM)
  if (out != 0) scatter<T>(block.out, block.count, 1, out + <usize>block.start * sizeof<T>(), 1)
}

/** Multiplies by the shares. */
function weigh (block: Block): void {
  for (let i: u32 = 0; i < block.count; i++) setElement(block.out, i, elementOf(block.out, i) * elementOf(block.share, i))
}

/** Slopes times shares, grad_output and scale, to where the gradient of slot `k` belongs. */
function writeGradient<T extends number> (call: usize, block: Block, k: u32): void {
  const upstream = <usize>load<u32>(call, CALL_UPSTREAM)
  const to = gradientOf(operandAt(call, k))
  if (block.share != 0) weigh(block)
  if (upstream != 0) {
    for (let i: u32 = 0; i < block.count; i++) {
      setElement(block.out, i, elementOf(block.out, i) * f64x2.extract_lane(loadSingle<T>(upstream, block.start + i), 0))
    }
  }
  scaleBy(block.out, block.count, load<f64>(call, CALL_SCALE))
  if (block.mask != 0) clearMasked(block)
  if (isDense(operandAt(call, k))) scatter<T>(block.out, block.count, 1, to + <usize>block.start * sizeof<T>(), 1)
  else scatter<f64>(block.out, block.count, 1, to + (<usize>block.start << 3), 1)
}

/** What is masked is 0, whatever its formula gives, and has no gradient, whatever the scale. */
function clearMasked (block: Block): void {
  for (let i: u32 = 0; i < block.count; i++) if (elementOf(block.mask, i) == 0) setElement(block.out, i, 0)
}
