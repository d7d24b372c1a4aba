// One block of entries: where its operands lie as consecutive T. Those that lie so already are read in place; others
// are converted into the part's scratch first.
import { CALL_LOSS, CALL_SCRATCH, CALL_UPSTREAM, INDEX, MAP_AXES, MAP_RANK, MAP_STRETCHED } from '../layout'
import { addressOf, codeOf, dtypeOf, gradientOf, mapOf, offsetOf, operandAt } from '../operand'
import { convert, fill, repeat } from './convert'
import { EXTRA, Elementwise } from './loss'

/** Slots of a pointwise loss: input, target, weight (multiplies), and one more that the loss reads itself. */
export const INPUT: u32 = 0
export const TARGET_SLOT: u32 = 1
export const WEIGHT: u32 = 2
export const SLOTS: u32 = 4

/** Addresses of the block's first entry, 0 for what is not there or not wanted. */
@unmanaged export class Block {
  x: usize; y: usize; w: usize; z: usize
  up: usize
  out: usize
  gx: usize; gy: usize
  /** What the loss prepares of the inputs, in the scratch. */
  first: usize; second: usize
  start: u32
  count: u32
}

/**
 * Fills in everything for the entries from `start` on; `size` is that of a full block. A fourth slot that was left out
 * is ones, for a loss that reads it.
 */
export function locate<L extends Elementwise, T extends number> (
  call: usize, loss: L, block: Block, start: u32, count: u32, size: u32
): void {
  const scratch = (<usize>load<u32>(call, CALL_SCRATCH) + offsetof<Block>() + 15) & ~15
  block.start = start
  block.count = count
  block.up = offsetBy<T>(<usize>load<u32>(call, CALL_UPSTREAM), start)
  block.out = offsetBy<T>(<usize>load<u32>(call, CALL_LOSS), start)
  block.gx = isDense(operandAt(call, INPUT)) ? offsetBy<T>(gradientOf(operandAt(call, INPUT)), start) : 0
  block.gy = isDense(operandAt(call, TARGET_SLOT)) ? offsetBy<T>(gradientOf(operandAt(call, TARGET_SLOT)), start) : 0
  block.first = scratch + <usize>(SLOTS * size) * sizeof<T>()
  block.second = block.first + <usize>size * sizeof<T>()
  for (let k: u32 = 0; k < SLOTS; k++) {
    const address = fetch<T>(operandAt(call, k), start, count, scratch + <usize>k * <usize>size * sizeof<T>())
    store<usize>(changetype<usize>(block) + k * sizeof<usize>(), address)
  }
  if (loss.kind() & EXTRA && block.z == 0) {
    block.z = scratch + 3 * <usize>size * sizeof<T>()
    fill<T>(<T>1, count, block.z)
  }
}

/** Whether the operand's gradient is T in its place, not float64 to be summed. */
export function isDense (operand: usize): bool {
  const map = mapOf(operand)
  return map == 0 || load<u32>(map, MAP_STRETCHED) == 0
}

/** Element `start` of the T at `address`; nothing stays nothing. */
// @ts-ignore: decorator
@inline function offsetBy<T extends number> (address: usize, start: u32): usize {
  return address == 0 ? <usize>0 : address + <usize>start * sizeof<T>()
}

/** Where entries [start, start + count) of an operand lie as T: in place, or at `to`, where they are put. */
export function fetch<T extends number> (operand: usize, start: u32, count: u32, to: usize): usize {
  const address = addressOf(operand)
  const dtype = dtypeOf(operand) & (INDEX - 1)
  const map = mapOf(operand)
  if (address == 0) return 0
  if (map == 0) {
    if (dtype == codeOf<T>()) return address + <usize>start * sizeof<T>()
    convert<T>(address, dtype, start, count, to)
  } else {
    const offset = offsetOf(map, start)
    if (strideOf(map) == 1 && dtype == codeOf<T>() && start % lengthOf(map) + count <= lengthOf(map)) {
      return address + offset * sizeof<T>()
    }
    stretch<T>(operand, start, count, to)
  }
  return to
}

/** Entries [start, start + count) as the loss's axes walk over the operand: run by run of the last axis. */
function stretch<T extends number> (operand: usize, start: u32, count: u32, to: usize): void {
  const address = addressOf(operand)
  const dtype = dtypeOf(operand) & (INDEX - 1)
  const map = mapOf(operand)
  const length = lengthOf(map)
  const stride = strideOf(map)
  const periodic = isPeriodic(map)
  let done: u32 = 0
  while (done < count) {
    const at = start + done
    let run = min<u32>(count - done, length - at % length)
    const place = to + <usize>done * sizeof<T>()
    if (periodic && done >= length) {
      const periods = done - done % length
      run = min<u32>(count - done, periods)
      memory.copy(place, place - <usize>periods * sizeof<T>(), <usize>run * sizeof<T>())
    } else if (stride == 0) repeat<T>(address, dtype, offsetOf(map, at), run, place)
    else convert<T>(address, dtype, offsetOf(map, at), run, place)
    done += run
  }
}

function lastAxis (map: usize): usize { return map + MAP_AXES + ((load<u32>(map, MAP_RANK) - 1) << 3) }

function lengthOf (map: usize): u32 { return load<u32>(lastAxis(map)) }

/** Distance of consecutive elements: 1 or, where the last axis is stretched, 0. */
function strideOf (map: usize): u32 { return load<u32>(lastAxis(map), 4) }

/** Whether one row of the last axis is stretched over all others. */
function isPeriodic (map: usize): bool { return load<u32>(map, MAP_RANK) == 2 && load<u32>(map + MAP_AXES, 4) == 0 }
