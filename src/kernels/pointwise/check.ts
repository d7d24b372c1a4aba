// Finds the first element of a block that the loss refuses.
import { PARTIAL_FAULT, PARTIAL_INDEX, PARTIAL_SLOT } from '../layout'
import { mapOf, offsetOf, operandAt, reportValue } from '../operand'
import { Block, INPUT, TARGET_SLOT } from './block'
import { HIGH, LOW, read, SINGLE } from './formula'
import { Elementwise } from './loss'

/** Records the first element that the loss refuses, if there is one: the input's before the target's. */
export function findFault<L extends Elementwise, T extends number> (
  call: usize, loss: L, block: Block, partial: usize
): bool {
  for (let slot = INPUT; slot <= TARGET_SLOT; slot++) {
    const address = load<usize>(changetype<usize>(block) + slot * sizeof<usize>())
    if (address == 0) continue
    const i = firstRefused<L, T>(loss, slot, address, block.count)
    if (i == block.count) continue
    const operand = operandAt(call, slot)
    const map = mapOf(operand)
    const element = map == 0 ? <usize>(block.start + i) : offsetOf(map, block.start + i)
    store<u32>(partial, 1, PARTIAL_FAULT)
    store<u32>(partial, slot, PARTIAL_SLOT)
    store<u32>(partial, <u32>element, PARTIAL_INDEX)
    reportValue(operand, element, f64x2.extract_lane(read<T>(address, i, SINGLE), 0), partial)
    return true
  }
  return false
}

/** First of `count` elements that the loss refuses, or `count`. */
function firstRefused<L extends Elementwise, T extends number> (loss: L, slot: u32, address: usize, count: u32): u32 {
  let i: u32 = 0
  while (i + 4 <= count && !v128.any_true(v128.or(
    loss.refuses(slot, read<T>(address, i, LOW)), loss.refuses(slot, read<T>(address, i, HIGH))
  ))) i += 4
  while (i < count && !v128.any_true(loss.refuses(slot, read<T>(address, i, SINGLE)))) i++
  return i
}
