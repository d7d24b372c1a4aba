// Runs a loss of one entry per element: blocks of BLOCK entries, each pass over a block while it is in the cache.
// Operands in T that lie as the loss does are read in place; others are first widened into the part's scratch.
import {
  CALL_BLOCK, CALL_CENTER, CALL_COUNT, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_SCALE, CALL_SCRATCH,
  CALL_TO, CALL_UPSTREAM, MAP_STRETCHED, PARTIAL_FAULT, PARTIAL_INDEX, PARTIAL_SIZE, PARTIAL_SLOT, PARTIAL_SUM,
  PARTIAL_WEIGHT
} from './layout'
import {
  addressOf, codeOf, dtypeOf, gather, gradientOf, loadPair, loadSingle, mapOf, offsetOf, operandAt, reportValue,
  storePair, storeSingle
} from './operand'

/** Slots of a pointwise loss: input, target, weight (multiplies), and one more that the loss reads itself. */
const INPUT: u32 = 0
const TARGET: u32 = 1
const WEIGHT: u32 = 2
const SLOTS: u32 = 4

// A loss says everything below itself, or has it from the class it extends. Where a loss overrode what another has
// from the same class, that call would become virtual, and read a class id that options memory does not have.

/** What a loss of elements says. `extra` is 1 where the fourth slot was left out. */
@unmanaged export class Elementwise {
  /** ℓ before the weight. */
  @inline value (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  /** ∂ℓ/∂input before the weight. */
  @inline gradient (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  /** ∂ℓ/∂target before the weight. */
  @inline gradientTarget (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  /** Lanes of slot `slot` that the loss refuses. */
  @inline refuses (_slot: u32, _value: v128): v128 { return f64x2.splat(0) }
  /** Whether `refuses` has anything to say. */
  @inline checks (): bool { return false }
}

/** Takes any input and target: to be extended with value, gradient and gradientTarget. */
@unmanaged export class Pointwise extends Elementwise {
  @inline refuses (_slot: u32, _value: v128): v128 { return f64x2.splat(0) }
  @inline checks (): bool { return false }
}

/** Refuses some inputs and targets: to be extended with refuses too. */
@unmanaged export class CheckedPointwise extends Elementwise {
  @inline checks (): bool { return true }
}

/** A function of input alone: to be extended with value and gradient. */
@unmanaged export class Unary extends Elementwise {
  @inline gradientTarget (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  @inline refuses (_slot: u32, _value: v128): v128 { return f64x2.splat(0) }
  @inline checks (): bool { return false }
}

/** One block: where its float64 or T operands start, and what is to be done with it. */
@unmanaged class Block {
  x: usize; y: usize; w: usize; z: usize
  start: u32
  count: u32
}

/** Runs loss L over the blocks of one part; values are T, arithmetic is float64. */
export function pointwise<L extends Elementwise, T extends number> (call: usize): void {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const size = load<u32>(call, CALL_BLOCK)
  const block = changetype<Block>(scratch)
  const inPlace = isInPlace<T>(call)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    block.start = b * size
    block.count = min<u32>(size, load<u32>(call, CALL_COUNT) - block.start)
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    if (inPlace) {
      point<T>(call, block)
      run<L, T, T>(call, block, partial)
    } else {
      fetch<T>(call, block, scratch + offsetof<Block>(), size)
      run<L, f64, T>(call, block, partial)
    }
  }
}

/** Whether every operand is T and lies as the loss does. */
function isInPlace<T extends number> (call: usize): bool {
  for (let k: u32 = 0; k < SLOTS; k++) {
    const operand = operandAt(call, k)
    if (addressOf(operand) != 0 && (dtypeOf(operand) != codeOf<T>() || mapOf(operand) != 0)) return false
  }
  return true
}

/** Points the block at the operands themselves. */
function point<T extends number> (call: usize, block: Block): void {
  for (let k: u32 = 0; k < SLOTS; k++) {
    const address = addressOf(operandAt(call, k))
    store<usize>(changetype<usize>(block) + k * sizeof<usize>(), offsetBy<T>(address, block.start))
  }
}

/** Element `start` of the T at `address`; nothing stays nothing. */
// @ts-ignore: decorator
@inline function offsetBy<T extends number> (address: usize, start: u32): usize {
  return address == 0 ? <usize>0 : address + <usize>start * sizeof<T>()
}

/** Widens the block's part of every operand into scratch. */
function fetch<T extends number> (call: usize, block: Block, scratch: usize, size: u32): void {
  for (let k: u32 = 0; k < SLOTS; k++) {
    const operand = operandAt(call, k)
    const to = ((scratch + 15) & ~15) + <usize>k * <usize>size * 8
    const present = addressOf(operand) != 0
    if (present) fetchOperand<T>(operand, block.start, block.count, to)
    store<usize>(changetype<usize>(block) + k * sizeof<usize>(), present ? to : <usize>0)
  }
}

/** Elements [start, start + count) of an operand as the loss's axes walk over it; runs of the last axis at once. */
function fetchOperand<T extends number> (operand: usize, start: u32, count: u32, to: usize): void {
  const address = addressOf(operand)
  const dtype = dtypeOf(operand)
  const map = mapOf(operand)
  if (map == 0) return gather<T>(address, dtype, start, 1, count, to)
  const last = lastAxis(map)
  const length = load<u32>(last)
  const stride = <usize>load<u32>(last, 4)
  let done: u32 = 0
  while (done < count) {
    const at = start + done
    const run = min<u32>(count - done, length - at % length)
    gather<T>(address, dtype, offsetOf(map, at), stride, run, to + (<usize>done << 3))
    done += run
  }
}

function lastAxis (map: usize): usize { return map + 16 + ((load<u32>(map) - 1) << 3) }

/** All passes over one block. */
function run<L extends Elementwise, IN extends number, T extends number> (call: usize, block: Block, partial: usize): void {
  const loss = changetype<L>(call + CALL_OPTIONS)
  if (loss.checks() && findFault<L, IN>(call, loss, block, partial)) return
  const out = <usize>load<u32>(call, CALL_LOSS)
  store<f64>(partial, values<L, IN, T>(loss, block, offsetBy<T>(out, block.start)), PARTIAL_SUM)
  if (block.w != 0) store<f64>(partial, total<IN>(block.w, block.count), PARTIAL_WEIGHT)
  for (let k: u32 = 0; k < SLOTS; k++) {
    const operand = operandAt(call, k)
    const to = gradientOf(operand)
    if (to == 0) continue
    const map = mapOf(operand)
    if (map != 0 && load<u32>(map, MAP_STRETCHED) != 0) slopes<L, IN, f64, T>(call, loss, block, k, to)
    else slopes<L, IN, T, T>(call, loss, block, k, to)
  }
}

/** Records the first element that the loss refuses, if there is one: the input's before the target's. */
function findFault<L extends Elementwise, IN extends number> (
  call: usize, loss: L, block: Block, partial: usize
): bool {
  for (let slot = INPUT; slot <= TARGET; slot++) {
    const address = load<usize>(changetype<usize>(block) + slot * sizeof<usize>())
    if (address == 0) continue
    const i = firstRefused<L, IN>(loss, slot, address, block.count)
    if (i == block.count) continue
    const operand = operandAt(call, slot)
    const map = mapOf(operand)
    const element = map == 0 ? <usize>(block.start + i) : offsetOf(map, block.start + i)
    store<u32>(partial, 1, PARTIAL_FAULT)
    store<u32>(partial, slot, PARTIAL_SLOT)
    store<u32>(partial, <u32>element, PARTIAL_INDEX)
    reportValue(operand, element, f64x2.extract_lane(loadSingle<IN>(address, i), 0), partial)
    return true
  }
  return false
}

/** First of `count` elements that the loss refuses, or `count`. */
function firstRefused<L extends Elementwise, IN extends number> (loss: L, slot: u32, address: usize, count: u32): u32 {
  let i: u32 = 0
  while (i + 2 <= count && !v128.any_true(loss.refuses(slot, loadPair<IN>(address, i)))) i += 2
  while (i < count && !v128.any_true(loss.refuses(slot, loadSingle<IN>(address, i)))) i++
  return i
}

/** ℓ of two entries, or of one when `single`. */
// @ts-ignore: decorator
@inline function valueAt<L extends Elementwise, IN extends number> (loss: L, block: Block, i: u32, single: bool): v128 {
  const value = loss.value(read<IN>(block.x, i, single), read<IN>(block.y, i, single), read<IN>(block.z, i, single))
  return block.w == 0 ? value : f64x2.mul(read<IN>(block.w, i, single), value)
}

/** Two elements, or one, or ones where there is no operand. */
// @ts-ignore: decorator
@inline function read<IN extends number> (address: usize, i: u32, single: bool): v128 {
  if (address == 0) return f64x2.splat(1)
  return single ? loadSingle<IN>(address, i) : loadPair<IN>(address, i)
}

/** Writes ℓ to `out` when there is one; gives its sum: four accumulators of two lanes, folded in a fixed order. */
function values<L extends Elementwise, IN extends number, T extends number> (loss: L, block: Block, out: usize): f64 {
  let s0 = f64x2.splat(0); let s1 = s0; let s2 = s0; let s3 = s0
  const count = block.count
  let i: u32 = 0
  for (; i + 8 <= count; i += 8) {
    const a = valueAt<L, IN>(loss, block, i, false)
    const b = valueAt<L, IN>(loss, block, i + 2, false)
    const c = valueAt<L, IN>(loss, block, i + 4, false)
    const d = valueAt<L, IN>(loss, block, i + 6, false)
    s0 = f64x2.add(s0, a); s1 = f64x2.add(s1, b); s2 = f64x2.add(s2, c); s3 = f64x2.add(s3, d)
    if (out != 0) {
      storePair<T>(out, i, a); storePair<T>(out, i + 2, b); storePair<T>(out, i + 4, c); storePair<T>(out, i + 6, d)
    }
  }
  const lanes = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3))
  let sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1)
  for (; i < count; i++) {
    const value = valueAt<L, IN>(loss, block, i, true)
    sum += f64x2.extract_lane(value, 0)
    if (out != 0) storeSingle<T>(out, i, value)
  }
  return sum
}

/** Sum of the block's weights. */
function total<IN extends number> (weights: usize, count: u32): f64 {
  let sum: f64 = 0
  for (let i: u32 = 0; i < count; i++) sum += f64x2.extract_lane(loadSingle<IN>(weights, i), 0)
  return sum
}

/** Writes the scaled gradient of slot `k` as OUT; `to` is the first entry's, not the block's. */
function slopes<L extends Elementwise, IN extends number, OUT extends number, T extends number> (
  call: usize, loss: L, block: Block, k: u32, to: usize
): void {
  const upstream = <usize>load<u32>(call, CALL_UPSTREAM)
  const up = offsetBy<T>(upstream, block.start)
  const out = to + <usize>block.start * sizeof<OUT>()
  const scale = v128.load64_splat(call, CALL_SCALE)
  const center = v128.load64_splat(call, CALL_CENTER)
  let i: u32 = 0
  for (; i + 2 <= block.count; i += 2) {
    const slope = slopeAt<L, IN>(loss, block, k, i, center, false)
    storePair<OUT>(out, i, f64x2.mul(f64x2.mul(slope, read<T>(up, i, false)), scale))
  }
  if (i < block.count) {
    const slope = slopeAt<L, IN>(loss, block, k, i, center, true)
    storeSingle<OUT>(out, i, f64x2.mul(f64x2.mul(slope, read<T>(up, i, true)), scale))
  }
}

/** ∂ℓ/∂slot `k` of two entries, or of one when `single`. */
// @ts-ignore: decorator
@inline function slopeAt<L extends Elementwise, IN extends number> (
  loss: L, block: Block, k: u32, i: u32, center: v128, single: bool
): v128 {
  const x = read<IN>(block.x, i, single)
  const y = read<IN>(block.y, i, single)
  const z = read<IN>(block.z, i, single)
  if (k == WEIGHT) return f64x2.sub(loss.value(x, y, z), center)
  const slope = k == TARGET ? loss.gradientTarget(x, y, z) : loss.gradient(x, y, z)
  return block.w == 0 ? slope : f64x2.mul(read<IN>(block.w, i, single), slope)
}
