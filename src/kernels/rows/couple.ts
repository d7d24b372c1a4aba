// Cross entropy of few float64 scores with class indices and no smoothing: two rows side by side, class c of both in the
// two lanes of vector c, so that rows share a logarithm and the steps around it. As in ./softmax, everything is built
// from rest = Σ_{c≠k} e^(z_c − m), where m = z_k is the greatest.
import { log1p } from '../functions'
import { decay } from '../functions/decay'
import {
  CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_LOSS, CALL_PARTIALS, CALL_SCALE, CALL_SCRATCH, CALL_TO, F64, MAP_LENGTH,
  MAP_STRIDE, PARTIAL_SIZE, PARTIAL_SUM, PARTIAL_WEIGHT
} from '../layout'
import { addressOf, canonical, dtypeOf, elementAt, gradientOf, mapOf, offsetOf, operandAt, storeSingle, upstreamAt } from '../operand'
import { classAt, OUTSIDE, refuseClass, weightAt } from './classes'

/** Most classes that are worth two rows at a time. */
const FEW: u32 = 64
/** Bytes of a Couple, rounded up. */
const HEAD: usize = 128

/** Two rows of scores, one in each lane; a last one alone is in both. */
@unmanaged class Couple {
  /** The greatest scores; Σ e_c over the others; ln(1 + rest). */
  most: v128
  rest: v128
  log: v128
  /** What the rows' targets count, f64, and which classes they name, i64. */
  weights: v128
  classes: v128
  /** Scores and exponentials, a vector for each class. */
  z: usize; e: usize
  length: u32
  /** Rows that there are, and where they are, in elements. */
  rows: u32
  first: usize; second: usize
  stride: usize
}

/** Whether the rows of this call have few classes. */
export function areFew (call: usize): bool { return load<u32>(mapOf(operandAt(call, 0)), MAP_LENGTH) <= FEW }

/** Runs the loss over the rows of one part. */
export function coupled (call: usize, ignored: f64): void {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const two = changetype<Couple>(scratch)
  const map = mapOf(operandAt(call, 0))
  two.length = load<u32>(map, MAP_LENGTH)
  two.stride = load<u32>(map, MAP_STRIDE)
  two.z = scratch + HEAD
  two.e = scratch + HEAD + (<usize>two.length << 4)
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    block(call, two, ignored, b * size, min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size), partial)
  }
}

/** Rows [start, end): their losses, sums and gradients, up to the first fault. */
function block (call: usize, two: Couple, ignored: f64, start: u32, end: u32, partial: usize): void {
  const out = <usize>load<u32>(call, CALL_LOSS)
  let sum: f64 = 0
  let weight: f64 = 0
  for (let r = start; r < end; r += 2) {
    two.rows = min<u32>(2, end - r)
    for (let i: u32 = 0; i < two.rows; i++) {
      if (!readClass(call, two, i, r + i, ignored)) return refuseClass(call, r + i, partial)
    }
    analyse(operandAt(call, 0), two, r)
    for (let i: u32 = 0; i < two.rows; i++) {
      const value = valueOf(two, i)
      sum += value
      weight += numberOf(two, offsetof<Couple>('weights'), i)
      if (out != 0) storeSingle<f64>(out, r + i, f64x2.splat(value))
    }
    if (gradientOf(operandAt(call, 0)) != 0) differentiate(call, two, r)
  }
  store<f64>(partial, sum, PARTIAL_SUM)
  store<f64>(partial, weight, PARTIAL_WEIGHT)
}

/** Float64 of lane `i` of a field. */
// @ts-ignore: decorator
@inline function numberOf (two: Couple, field: usize, i: u32): f64 {
  return load<f64>(changetype<usize>(two) + field + (<usize>i << 3))
}
// @ts-ignore: decorator
@inline function classOf (two: Couple, i: u32): i32 {
  return load<i32>(changetype<usize>(two) + (<usize>i << 3), offsetof<Couple>('classes'))
}
/** Score of class `c` in lane `i`. */
// @ts-ignore: decorator
@inline function scoreOf (two: Couple, c: u32, i: u32): f64 { return load<f64>(two.z + (<usize>c << 4) + (<usize>i << 3)) }

/** Reads the class and the weight of row `r`; false when there is no such class. */
function readClass (call: usize, two: Couple, i: u32, r: u32, ignored: f64): bool {
  const y = classAt(call, r, two.length, ignored)
  const lane = changetype<usize>(two) + (<usize>i << 3)
  store<i32>(lane, y, offsetof<Couple>('classes'))
  store<f64>(lane, y < 0 ? 0 : weightAt<f64>(call, y), offsetof<Couple>('weights'))
  return y != OUTSIDE
}

/** Finds the greatest, the exponentials and their sums of the rows from `r` on. */
function analyse (operand: usize, two: Couple, r: u32): void {
  two.first = offsetOf(mapOf(operand), r)
  two.second = offsetOf(mapOf(operand), r + two.rows - 1)
  two.most = dtypeOf(operand) == F64 ? readScores(addressOf(operand), two) : readOthers(operand, two)
  const sum = sumOthers(two)
  two.rest = f64x2.add(f64x2.sub(two.most, two.most), sum)
  two.log = log1p(two.rest)
}

/** Lays the scores out side by side, and gives the greatest; NaN is never found. */
function readScores (address: usize, two: Couple): v128 {
  let most = f64x2.splat(-Infinity)
  let a = address + (two.first << 3)
  let b = address + (two.second << 3)
  const step = two.stride << 3
  const end = two.e
  for (let to = two.z; to < end; to += 16, a += step, b += step) {
    const z = v128.load64_lane(b, v128.load64_zero(a), 1)
    v128.store(to, z)
    most = f64x2.pmax(most, z)
  }
  return most
}

/** The same of scores of another dtype. */
function readOthers (operand: usize, two: Couple): v128 {
  let most = f64x2.splat(-Infinity)
  const address = addressOf(operand)
  for (let c: u32 = 0; c < two.length; c++) {
    const at = <usize>c * two.stride
    const a = elementAt(address, dtypeOf(operand), two.first + at)
    const b = elementAt(address, dtypeOf(operand), two.second + at)
    const z = f64x2.replace_lane(f64x2.splat(a), 1, b)
    v128.store(two.z + (<usize>c << 4), z)
    most = f64x2.pmax(most, z)
  }
  return most
}

/** Writes e^(z − most), and gives their sum without one of the greatest, each of which is 1. */
function sumOthers (two: Couple): v128 {
  const most = two.most
  let sum = f64x2.splat(0)
  let ties = f64x2.splat(-1)
  let to = two.e
  const end = two.e
  for (let from = two.z; from < end; from += 16, to += 16) {
    const z = v128.load(from)
    const e = decay(f64x2.sub(z, most))
    const tied = f64x2.eq(z, most)
    v128.store(to, e)
    ties = f64x2.add(ties, v128.and(tied, f64x2.splat(1)))
    sum = f64x2.add(sum, v128.andnot(e, tied))
  }
  return f64x2.add(sum, ties)
}

/** w_y·((m − z_y) + ln(1 + rest)). */
function valueOf (two: Couple, i: u32): f64 {
  const y = classOf(two, i)
  if (y < 0) return 0
  const loss = (numberOf(two, offsetof<Couple>('most'), i) - scoreOf(two, y, i)) + numberOf(two, offsetof<Couple>('log'), i)
  return numberOf(two, offsetof<Couple>('weights'), i) * loss
}

/** ∂ℓ/∂z_c = w_y·(softmax_c − [c = y]), of rows from `r` on. */
function differentiate (call: usize, two: Couple, r: u32): void {
  const to = gradientOf(operandAt(call, 0))
  const count = countOf(call, two, 0, r)
  const other = two.rows == 2 ? countOf(call, two, 1, r + 1) : 0
  const counts = f64x2.replace_lane(f64x2.splat(count), 1, other)
  writeShares(two, f64x2.div(counts, f64x2.add(f64x2.splat(1), two.rest)), to)
  differentiateTarget(two, 0, to + (two.first << 3), count)
  if (two.rows == 2) differentiateTarget(two, 1, to + (two.second << 3), other)
}

/** What the row's class counts, with everything that multiplies its gradient; an ignored row counts 0 whatever that is. */
// @ts-ignore: decorator
@inline function countOf (call: usize, two: Couple, i: u32, r: u32): f64 {
  if (classOf(two, i) < 0) return 0
  return numberOf(two, offsetof<Couple>('weights'), i) * (upstreamAt<f64>(call, r) * load<f64>(call, CALL_SCALE))
}

/** Writes the exponentials times `factor`. The second row goes first: where it is the first once more, it is written over. */
function writeShares (two: Couple, factor: v128, to: usize): void {
  let a = to + (two.first << 3)
  let b = to + (two.second << 3)
  const step = two.stride << 3
  const end = two.e + (<usize>two.length << 4)
  for (let from = two.e; from < end; from += 16, a += step, b += step) {
    const share = canonical(f64x2.mul(factor, v128.load(from)))
    v128.store64_lane(b, share, 1)
    v128.store64_lane(a, share, 0)
  }
}

/** The gradient at the target; of the greatest score from rest, which keeps its accuracy where its softmax rounds to 1. */
function differentiateTarget (two: Couple, i: u32, row: usize, count: f64): void {
  const y = classOf(two, i)
  if (y < 0) return
  const at = row + ((<usize>y * two.stride) << 3)
  const rest = numberOf(two, offsetof<Couple>('rest'), i)
  const greatest = scoreOf(two, y, i) == numberOf(two, offsetof<Couple>('most'), i)
  storeSingle<f64>(at, 0, f64x2.splat(greatest ? -count * (rest / (1 + rest)) : load<f64>(at) - count))
}
