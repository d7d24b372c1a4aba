// Shares of entries in a block: the weights become weights times shares, and what is masked is computed from a value that
// no formula refuses, weighs 0, and has no gradient.
import { CALL_BLOCK, MASK } from '../layout'
import { addressOf, gradientOf, operandAt } from '../operand'
import { isMasked, sampleWeight } from '../shares'
import { Block, isDense, SLOTS, WEIGHT } from './block'

/** A number, probability and factor that every formula takes. */
const NEUTRAL: f64 = 0.5
/** Row of the scratch that holds the shares. */
const SHARES: u32 = 7

/** Lays the shares of the block out, and its weights times these. */
export function share<T extends number> (call: usize, block: Block): void {
  const masks = addressOf(operandAt(call, MASK)) != 0
  block.share = rowOf<T>(call, block, SHARES)
  for (let k: u32 = 0; masks && k < SLOTS; k++) if (k != WEIGHT) own<T>(call, block, k)
  const weights = block.w == 0 ? block.share : rowOf<T>(call, block, WEIGHT)
  for (let i: u32 = 0; i < block.count; i++) {
    const masked = masks && isMasked(call, block.start + i)
    const part = masked ? 0 : sampleWeight<T>(call, block.start + i)
    store<T>(block.share + <usize>i * sizeof<T>(), <T>part)
    if (block.w != 0) store<T>(weights + <usize>i * sizeof<T>(), masked ? <T>0 : <T>(part * <f64>load<T>(block.w + <usize>i * sizeof<T>())))
    if (masked) hide<T>(block, i)
  }
  block.w = weights
}

/** Row `k` of the block's scratch. */
// @ts-ignore: decorator
@inline function rowOf<T extends number> (call: usize, block: Block, k: u32): usize {
  return block.first + (<usize>k - SLOTS) * <usize>load<u32>(call, CALL_BLOCK) * sizeof<T>()
}

/** Address of the block's field for slot `k`. */
// @ts-ignore: decorator
@inline function fieldOf (block: Block, k: u32): usize { return changetype<usize>(block) + <usize>k * sizeof<usize>() }

/** Copies slot `k` into the scratch, to be written to. */
function own<T extends number> (call: usize, block: Block, k: u32): void {
  const from = load<usize>(fieldOf(block, k))
  const to = rowOf<T>(call, block, k)
  if (from == 0 || from == to) return
  memory.copy(to, from, <usize>block.count * sizeof<T>())
  store<usize>(fieldOf(block, k), to)
}

/** Entry `i` is computed from the neutral value. */
function hide<T extends number> (block: Block, i: u32): void {
  for (let k: u32 = 0; k < SLOTS; k++) {
    const row = load<usize>(fieldOf(block, k))
    if (k != WEIGHT && row != 0) store<T>(row + <usize>i * sizeof<T>(), <T>NEUTRAL)
  }
}

/** Sets the gradients of what is masked to 0: the scale may be infinite. */
export function clearMasked<T extends number> (call: usize, block: Block): void {
  if (addressOf(operandAt(call, MASK)) == 0) return
  for (let i = block.start; i < block.start + block.count; i++) {
    if (isMasked(call, i)) clearEntry<T>(call, i)
  }
}

function clearEntry<T extends number> (call: usize, entry: u32): void {
  for (let k: u32 = 0; k < SLOTS; k++) {
    const to = gradientOf(operandAt(call, k))
    if (to == 0) continue
    if (isDense(operandAt(call, k))) store<T>(to + <usize>entry * sizeof<T>(), <T>0)
    else store<f64>(to + (<usize>entry << 3), 0)
  }
}
