// One block of entries: a row of float64 for every slot, read in place where it is consecutive float64, else in scratch.
// Every row has an even number of elements, so that two go through each formula.
import { CALL_BLOCK, CALL_EXTENTS, CALL_SCRATCH, F64, INDEX, MASK, SAMPLE_WEIGHT } from '../layout'
import { addressOf, dtypeOf, mapOf, operandAt } from '../operand'
import { fetch } from '../pointwise/block'
import { isShared } from '../shares'
import { fill } from '../pointwise/convert'
import { widen } from '../rows/row'

/** Most slots of a loss. */
export const SLOTS: u32 = 8
/** What masked entries are computed from: a number, probability and count that every formula takes. */
const NEUTRAL: f64 = 0.5

/** Rows of one block; what was left out has a row of the loss's default. */
@unmanaged export class Block {
  slot0: usize; slot1: usize; slot2: usize; slot3: usize; slot4: usize; slot5: usize; slot6: usize; slot7: usize
  /** What the formulas give: losses, then slopes of one slot after the other. */
  out: usize
  /** sample_weight, 0 where an entry is masked, and the mask; 0 for what did not come. */
  share: usize
  mask: usize
  /** Room for all rows. */
  rows: usize
  start: u32
  count: u32
}

/** Two entries of slot `k`, at `at` bytes of its row. */
// @ts-ignore: decorator
@inline export function slot (block: Block, k: u32, at: usize): v128 {
  return v128.load(load<usize>(changetype<usize>(block) + k * sizeof<usize>()) + at)
}

/** Whether slot `k` came. */
// @ts-ignore: decorator
@inline export function has (call: usize, k: u32): bool { return addressOf(operandAt(call, k)) != 0 }

/** Lays the block from entry `start` on out. */
export function open<T extends number> (call: usize, block: Block, start: u32, count: u32): void {
  const slots = load<u32>(call, CALL_EXTENTS)
  block.rows = (<usize>load<u32>(call, CALL_SCRATCH) + offsetof<Block>() + 15) & ~15
  block.start = start
  block.count = count
  block.out = rowOf(call, block, slots)
  for (let k: u32 = 0; k < slots; k++) {
    store<usize>(changetype<usize>(block) + k * sizeof<usize>(), read<T>(call, block, k, rowOf(call, block, k)))
  }
  block.share = 0
  block.mask = 0
  if (isShared(call)) block.share = readShare<T>(call, block, slots)
}

/** Row `k` of the scratch. */
// @ts-ignore: decorator
@inline export function rowOf (call: usize, block: Block, k: u32): usize {
  return block.rows + <usize>k * ((<usize>load<u32>(call, CALL_BLOCK) + 2) << 3)
}

/** Where the entries of operand `k` lie as float64: in place, or at `to`; 0 when it was left out. */
function read<T extends number> (call: usize, block: Block, k: u32, to: usize): usize {
  const operand = operandAt(call, k)
  if (addressOf(operand) == 0) return 0
  const plain = mapOf(operand) == 0 && dtypeOf(operand) == F64 && (block.count & 1) == 0
  if (sizeof<T>() == 8 && plain && !has(call, MASK)) return addressOf(operand) + (<usize>block.start << 3)
  widen<T>(fetch<T>(operand, block.start, block.count, spare(call, block)), block.count, to)
  if (block.count & 1) repeatLast(to, block.count)
  return to
}

/** Room for a row of T, behind the other rows. */
// @ts-ignore: decorator
@inline function spare (call: usize, block: Block): usize { return rowOf(call, block, load<u32>(call, CALL_EXTENTS) + 2) }

/** The row of sample_weight, with 0 where the mask is. */
function readShare<T extends number> (call: usize, block: Block, slots: u32): usize {
  const share = rowOf(call, block, slots + 1)
  const weights = read<T>(call, block, SAMPLE_WEIGHT, share)
  if (weights == 0) fill<f64>(1, block.count + 1, share)
  else if (weights != share) memory.copy(share, weights, <usize>block.count << 3)
  block.mask = has(call, MASK) ? fetch<f64>(operandAt(call, MASK), block.start, block.count, rowOf(call, block, slots + 3)) : 0
  if (block.mask != 0) hideMasked(call, block, slots, share)
  return share
}

/** What slot `k` holds where an entry is masked: whole numbers are 0. */
// @ts-ignore: decorator
@inline function neutralOf (call: usize, k: u32): f64 { return dtypeOf(operandAt(call, k)) >= <u32>INDEX ? 0 : NEUTRAL }

/** Sets to 0 what the mask leaves out, and its operands to a value that no formula refuses. */
function hideMasked (call: usize, block: Block, slots: u32, share: usize): void {
  for (let i: usize = 0; i < <usize>block.count << 3; i += 8) {
    if (load<f64>(block.mask + i) != 0) continue
    store<f64>(share + i, 0)
    for (let k: u32 = 0; k < slots; k++) if (has(call, k)) store<f64>(rowOf(call, block, k) + i, neutralOf(call, k))
  }
  if ((block.count & 1) == 0) return
  for (let k: u32 = 0; k < slots; k++) if (has(call, k)) repeatLast(rowOf(call, block, k), block.count)
}

/** An odd row ends with its last element twice. */
function repeatLast (row: usize, count: u32): void {
  store<f64>(row + (<usize>count << 3), load<f64>(row + (<usize>(count - 1) << 3)))
}
