// Runs a loss of one entry per element: blocks of BLOCK entries, whatever is asked of a block in one pass over it.
import {
  CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_OPTIONS, CALL_PARTIALS, CALL_SCRATCH, CALL_TO, PARTIAL_SIZE, PARTIAL_SUM,
  PARTIAL_WEIGHT
} from './layout'
import { gradientOf, operandAt } from './operand'
import { Block, INPUT, isDense, locate, SLOTS, WEIGHT } from './pointwise/block'
import { findFault } from './pointwise/check'
import { CHECKED, Elementwise } from './pointwise/loss'
import { prepare } from './pointwise/prepare'
import { clearMasked, share } from './pointwise/share'
import { slopes, sweep, totalWeight } from './pointwise/sweep'
import { isShared, ownWeightsCount } from './shares'

export { CHECKED, Distance, Elementwise, EXTRA, Pointwise, QUICK, QuickPointwise, TARGET, Unary } from './pointwise/loss'

/** Runs loss L over the blocks of one part; values are T, arithmetic is float64. */
export function pointwise<L extends Elementwise, T extends number> (call: usize): void {
  const loss = changetype<L>(call + CALL_OPTIONS)
  const size = load<u32>(call, CALL_BLOCK)
  const block = changetype<Block>(<usize>load<u32>(call, CALL_SCRATCH))
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const start = b * size
    locate<L, T>(call, loss, block, start, min<u32>(size, load<u32>(call, CALL_COUNT) - start), size)
    if (isShared(call)) share<T>(call, block)
    run<L, T>(call, loss, block, <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE)
  }
}

/** All passes over one block. */
function run<L extends Elementwise, T extends number> (call: usize, loss: L, block: Block, partial: usize): void {
  if (loss.kind() & CHECKED && findFault<L, T>(call, loss, block, partial)) return
  if (isDefined(loss.first)) prepare<L, T>(loss, block)
  store<f64>(partial, sweep<L, T>(call, loss, block), PARTIAL_SUM)
  const counted = block.share == 0 || ownWeightsCount(call) ? block.w : block.share
  if (counted != 0) store<f64>(partial, totalWeight<T>(block, counted), PARTIAL_WEIGHT)
  for (let k = INPUT; k < SLOTS; k++) {
    const operand = operandAt(call, k)
    const to = gradientOf(operand)
    if (to == 0) continue
    if (!isDense(operand)) slopes<L, f64, T>(call, loss, block, k, to + (<usize>block.start << 3))
    else if (k == WEIGHT) slopes<L, T, T>(call, loss, block, k, to + <usize>block.start * sizeof<T>())
  }
  if (block.share != 0) clearMasked<T>(call, block)
}
