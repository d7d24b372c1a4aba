// Runs a loss of one entry per row: class scores, distributions, vectors. Each row of each operand is read in place where
// it is consecutive, else laid out in the part's scratch; the loss works in float64, and gradients go back from scratch
// to where the operand's Map says.
import {
  CALL_BLOCK, CALL_COUNT, CALL_EXTENTS, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_SCALE, CALL_SCRATCH,
  CALL_TO, CALL_UPSTREAM, INDEX, MAP_LENGTH, MAP_STRETCHED, MAP_STRIDE, PARTIAL_SIZE, PARTIAL_SUM, PARTIAL_WEIGHT
} from './layout'
import {
  addressOf, codeOf, dtypeOf, elementAt, gather, gradientOf, mapOf, offsetOf, operandAt, scatter, storeSingle
} from './operand'
import { recordFault } from './rows/fault'
import { countOf, isMasked, sampleWeight } from './shares'

/** Bytes of a Row, rounded up, and of Row and what a loss may keep behind it. */
export const RECORD_SIZE: usize = 192
const HEAD_SIZE: usize = 256

/** Most slots a row-wise loss may have. */
const SLOTS: u32 = 4

/**
 * One row as the loss sees it. Operands are T, class indices and everything else float64; a slot that was left out is 0,
 * a gradient that nobody asked for is 0. `value` may leave what `gradient` needs in a, b, c, d and in the spare rows.
 */
@unmanaged export class Row {
  p0: usize; p1: usize; p2: usize; p3: usize
  g0: usize; g1: usize; g2: usize; g3: usize
  /** Length of the row of each slot. */
  n0: u32; n1: u32; n2: u32; n3: u32
  /** Vector answer of a transform, and the upstream gradient in its shape (else 0). */
  out: usize; up: usize
  /** SPARE_ROWS rows that the loss may use, each with room for slot 0's row: see `spareRow`. */
  spare: usize
  /** 1 when operands and answers are float32. */
  single: u32
  a: f64; b: f64; c: f64; d: f64
  /** What this row adds to the divisor of a weighted mean. */
  weight: f64
  /** What `gradient`'s answer is multiplied by: the upstream gradient times the scale of the reduction. */
  scale: f64
  /** Set by `gradient` when it has applied `scale` itself, because its zeros stay zeros whatever the scale. */
  scaled: u32
  /** Set to refuse the operands, by `refuse`: code, slot and element of its row, and what is wrong with it. */
  fault: u32; faultSlot: u32; faultIndex: u32
  faultValue: f64
}

/** Spare row `k` of `row`; like every row in scratch it has room for an even number of float64. */
// @ts-ignore: decorator
@inline export function spareRow (row: Row, k: u32): usize { return row.spare + <usize>k * pad(row.n0) }

/** Refuses element `i` of the row of slot `slot`, which holds `value`. */
export function refuse (row: Row, code: u32, slot: u32, i: u32, value: f64): void {
  row.fault = code
  row.faultSlot = slot
  row.faultIndex = i
  row.faultValue = value
}

/** What a row-wise loss says. */
@unmanaged export class Rowwise {
  /** ℓ of the row; may set weight, fault, a … d. */
  @inline value (_row: Row): f64 { return NaN }
  /** Fills every g that is not 0 with ∂ℓ; called after `value` on the same row. */
  @inline gradient (_row: Row): void {}
}

/** Runs loss L, which reads rows of float64 whatever the precision, and so is compiled once: see rowwise. */
export function wideRowwise<L extends Rowwise, T extends number> (call: usize): void { run<L, T, f64>(call) }

/** Runs loss L over the rows of one part; values are T, arithmetic is float64. */
export function rowwise<L extends Rowwise, T extends number> (call: usize): void { run<L, T, T>(call) }

/** The same, with rows of W: T, or float64. */
function run<L extends Rowwise, T extends number, W extends number> (call: usize): void {
  const row = prepare<T>(call)
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    const end = min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size)
    block<L, T, W>(call, row, b * size, end, partial)
  }
}

/** Rows [start, end): their losses, sums and gradients, up to the first fault. */
function block<L extends Rowwise, T extends number, W extends number> (
  call: usize, row: Row, start: u32, end: u32, partial: usize
): void {
  const loss = changetype<L>(call + CALL_OPTIONS)
  const out = <usize>load<u32>(call, CALL_LOSS)
  let sum: f64 = 0
  let weight: f64 = 0
  for (let r = start; r < end; r++) {
    if (isMasked(call, r)) {
      leaveOut<T>(call, row, r, out)
      continue
    }
    fetch<T, W>(call, row, r)
    const value = loss.value(row)
    if (row.fault != 0) {
      return recordFault(call, row.fault, row.faultSlot, r, row.faultIndex, row.faultValue, partial)
    }
    const share = sampleWeight<T>(call, r)
    sum += share * value
    weight += share * countOf(call, row.weight)
    if (out != 0) answer<T>(call, row, r, out, share * value)
    if (wantsGradients(call)) differentiate<L, T>(call, loss, row, r, share)
  }
  store<f64>(partial, sum, PARTIAL_SUM)
  store<f64>(partial, weight, PARTIAL_WEIGHT)
}

/** Room for one row of every slot and of its gradient, behind the Row. */
function prepare<T extends number> (call: usize): Row {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const row = changetype<Row>(scratch)
  let top = scratch + HEAD_SIZE
  for (let k: u32 = 0; k < SLOTS; k++) {
    const operand = operandAt(call, k)
    const present = addressOf(operand) != 0
    const length = present ? load<u32>(mapOf(operand), MAP_LENGTH) : 0
    store<u32>(scratch + k * 4, length, offsetof<Row>('n0'))
    store<usize>(scratch + k * sizeof<usize>(), present ? top : <usize>0)
    top += pad(length)
    const wanted = present && gradientOf(operand) != 0
    store<usize>(scratch + k * sizeof<usize>(), wanted ? top : <usize>0, offsetof<Row>('g0'))
    if (wanted) top += pad(length)
  }
  row.single = sizeof<T>() == 4 ? 1 : 0
  row.out = isVector(call) ? top : 0
  row.up = isVector(call) ? top + pad(row.n0) : 0
  row.spare = isVector(call) ? top + 2 * pad(row.n0) : top
  if (row.up != 0) fill(row.up, row.n0, 1)
  return row
}

/** Sets the `count` elements of a row in scratch. */
export function fill (to: usize, count: u32, value: f64): void {
  const end = to + (<usize>count << 3)
  for (let pair = to; pair < end; pair += 16) v128.store(pair, f64x2.splat(value))
}

// @ts-ignore: decorator
@inline function pad (length: u32): usize { return ((<usize>length << 3) + 15) & ~15 }
/** Whether the answer is a vector in the shape of slot 0 (transforms) rather than a number. */
// @ts-ignore: decorator
@inline function isVector (call: usize): bool { return load<u32>(call, CALL_EXTENTS) != 0 }

function wantsGradients (call: usize): bool {
  for (let k: u32 = 0; k < SLOTS; k++) if (gradientOf(operandAt(call, k)) != 0) return true
  return false
}

/** Lays row `r` of every operand out. */
function fetch<T extends number, W extends number> (call: usize, row: Row, r: u32): void {
  row.fault = 0
  row.weight = 0
  for (let k: u32 = 0; k < SLOTS; k++) {
    const operand = operandAt(call, k)
    if (addressOf(operand) != 0) fetchRow<T, W>(operand, r, changetype<usize>(row) + k * sizeof<usize>())
  }
  const upstream = <usize>load<u32>(call, CALL_UPSTREAM)
  if (row.up != 0 && upstream != 0) gatherLike<T>(call, r, upstream, row.up)
}

/** Row `r` of an operand: points at it if it is consecutive W, else copies it as W, rounded to T, where `pointer` points. */
function fetchRow<T extends number, W extends number> (operand: usize, r: u32, pointer: usize): void {
  const map = mapOf(operand)
  const address = addressOf(operand)
  const dtype = dtypeOf(operand)
  const offset = offsetOf(map, r)
  const stride = load<u32>(map, MAP_STRIDE)
  const length = load<u32>(map, MAP_LENGTH)
  if (dtype == codeOf<W>() && stride == 1 && sizeof<W>() == sizeof<T>()) store<usize>(pointer, address + offset * sizeof<T>())
  else if (dtype >= <u32>INDEX || sizeof<W>() != sizeof<T>()) gather<T>(address, dtype, offset, stride, length, load<usize>(pointer))
  else collect<T>(address, dtype, offset, stride, length, load<usize>(pointer))
}

/** Copies `count` elements from `offset`, `stride` apart, to `to`, as T. */
function collect<T extends number> (
  address: usize, dtype: u32, offset: usize, stride: usize, count: u32, to: usize
): void {
  for (let i: u32 = 0; i < count; i++) {
    store<T>(to + <usize>i * sizeof<T>(), <T>elementAt(address, dtype, offset + <usize>i * stride))
  }
}

/** Row `r` of a T tensor that lies like slot 0. */
function gatherLike<T extends number> (call: usize, r: u32, address: usize, to: usize): void {
  const map = mapOf(operandAt(call, 0))
  gather<T>(address, codeOf<T>(), offsetOf(map, r), load<u32>(map, MAP_STRIDE), load<u32>(map, MAP_LENGTH), to)
}

/** Writes the unreduced answer of row `r`. */
function answer<T extends number> (call: usize, row: Row, r: u32, out: usize, value: f64): void {
  if (!isVector(call)) return storeSingle<T>(out, r, f64x2.splat(value))
  const map = mapOf(operandAt(call, 0))
  scatter<T>(row.out, row.n0, 1, out + offsetOf(map, r) * sizeof<T>(), load<u32>(map, MAP_STRIDE))
}

/** Gradients of row `r`, which counts `share`. */
function differentiate<L extends Rowwise, T extends number> (call: usize, loss: L, row: Row, r: u32, share: f64): void {
  const upstream = <usize>load<u32>(call, CALL_UPSTREAM)
  const up: f64 = upstream == 0 || isVector(call) ? 1 : <f64>load<T>(upstream + <usize>r * sizeof<T>())
  row.scale = share * up * load<f64>(call, CALL_SCALE)
  row.scaled = 0
  loss.gradient(row)
  writeGradients<T>(call, row, r, row.scaled == 0 ? row.scale : 1)
}

/** Entry `r` is masked: it is 0, and so are its gradients. */
function leaveOut<T extends number> (call: usize, row: Row, r: u32, out: usize): void {
  if (out != 0) answer<T>(call, row, r, out, 0)
  for (let k: u32 = 0; k < SLOTS; k++) {
    const gradient = load<usize>(changetype<usize>(row) + k * sizeof<usize>(), offsetof<Row>('g0'))
    if (gradient != 0) fill(gradient, load<u32>(mapOf(operandAt(call, k)), MAP_LENGTH), 0)
  }
  writeGradients<T>(call, row, r, 1)
}

/** The gradients of row `r`, times `factor`, to where they belong. */
function writeGradients<T extends number> (call: usize, row: Row, r: u32, factor: f64): void {
  for (let k: u32 = 0; k < SLOTS; k++) {
    const operand = operandAt(call, k)
    const to = gradientOf(operand)
    if (to == 0) continue
    const from = load<usize>(changetype<usize>(row) + k * sizeof<usize>(), offsetof<Row>('g0'))
    const map = mapOf(operand)
    const length = load<u32>(map, MAP_LENGTH)
    if (load<u32>(map, MAP_STRETCHED) != 0) scatter<f64>(from, length, factor, to + ((<usize>r * <usize>length) << 3), 1)
    else scatter<T>(from, length, factor, to + offsetOf(map, r) * sizeof<T>(), load<u32>(map, MAP_STRIDE))
  }
}
