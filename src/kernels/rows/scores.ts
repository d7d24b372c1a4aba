// Runs a loss of float32 class scores: a row of many classes in vectors along the row, where it lies; four rows of few
// classes, or of classes that do not lie next to each other, as a tile. What a row comes to depends on its scores and
// their number alone. As in ./softmax, everything is built from rest = Σ_{c≠k} e^(z_c − m), where m = z_k is the greatest.
import { exp, log1p } from '../functions/single'
import {
  CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_SCRATCH, CALL_TO, F32, MAP_LENGTH,
  MAP_STRIDE, PARTIAL_SIZE, PARTIAL_SUM, PARTIAL_WEIGHT
} from '../layout'
import { addressOf, canonical, dtypeOf, elementAt, mapOf, offsetOf, operandAt, storeSingle } from '../operand'
import { refuseClass } from './classes'
import { Base, highOf, joined, lowOf, setBase, sumExponentials, sumOthers } from './four'
import { firstGreatest } from './greatest'
import { Lanes, loadTile, locate, storeTile } from './tile'

/** Most classes that are worth a tile where the classes of a row lie next to each other. */
const FEW: u32 = 128

/** Up to four rows of scores, one in each lane; a single row of many classes is in all of them. */
@unmanaged export class Scores extends Base {
  /** Σ e_c over the others, and ln(1 + rest); f64 of lanes 0 and 1, of lanes 2 and 3. */
  restLow: v128; restHigh: v128
  logLow: v128; logHigh: v128
  /** What an exponential is multiplied by to be e_c, and what results are multiplied by. */
  unitLow: v128; unitHigh: v128
  factorLow: v128; factorHigh: v128
  /** What softmax is multiplied by in results, f64. */
  countLow: v128; countHigh: v128
  /** Class that each row's target names, i32, −1 for none, and its weight, f64. */
  classes: v128
  weightLow: v128; weightHigh: v128
  /** Scores, and exponentials that become results: full vectors, then `tail` more elements. */
  z: usize; to: usize
  vectors: u32; tail: u32
  /** Bytes from class to class, and from exponential to exponential where they are kept, else 0. */
  pitch: usize; step: usize
  /** Rows that there are, classes of a row. */
  rows: u32; length: u32
  /** Tensor that results go to, 0 for none. */
  target: usize
  /** Set to refuse the class of a row. */
  refused: u32
}

/** Where things are in a part's scratch: Scores, a vector's worth of elements, Lanes, rows. */
const PATCH: usize = 416
const LANES: usize = 432
const HEAD: usize = 512

/**
 * What a loss of scores says: everything, or has it from a class in between that no other loss shares. Where a loss
 * overrode what another has from the same class, the call would become virtual, and these objects have no class id.
 */
@unmanaged export class Scoring {
  /** Where results of vectors go, 0 for nowhere. */
  @inline target (_call: usize): usize { return 0 }
  /** Whether results are made of exponentials. */
  @inline keeps (): bool { return false }
  /** Reads what else belongs to row `r`, in lane `i`; false when it needs no exponentials. */
  @inline read (_call: usize, _scores: Scores, _i: u32, _r: u32): bool { return false }
  /** ℓ of lane `i`. */
  @inline value (_scores: Scores, _i: u32): f64 { return NaN }
  /** Turns exponentials, or scores, into results; row `r` is that of lane 0. */
  @inline finish (_call: usize, _scores: Scores, _r: u32): void {}
}

/** Float64 of lane `i` of a pair of fields, of which `field` is the first. */
// @ts-ignore: decorator
@inline export function numberOf (scores: Scores, field: usize, i: u32): f64 {
  return load<f64>(changetype<usize>(scores) + field + (<usize>i << 3))
}
// @ts-ignore: decorator
@inline export function setNumber (scores: Scores, field: usize, i: u32, value: f64): void {
  store<f64>(changetype<usize>(scores) + field + (<usize>i << 3), value)
}
/** Whole number of lane `i` of a field. */
// @ts-ignore: decorator
@inline export function indexOf (scores: Scores, field: usize, i: u32): i32 {
  return load<i32>(changetype<usize>(scores) + field + (<usize>i << 2))
}
// @ts-ignore: decorator
@inline export function setIndex (scores: Scores, field: usize, i: u32, value: i32): void {
  store<i32>(changetype<usize>(scores) + field + (<usize>i << 2), value)
}
/** Where class `c` of the row in lane `i` is, from the first on. */
// @ts-ignore: decorator
@inline function placeOf (scores: Scores, c: u32, i: u32): usize {
  return <usize>c * scores.pitch + (<usize>i << 2)
}

/** Runs loss L over the rows of one part. */
export function scoring<L extends Scoring> (call: usize): void {
  const scores = prepare<L>(call)
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    const end = min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size)
    block<L>(call, scores, b * size, end, partial)
  }
}

function prepare<L extends Scoring> (call: usize): Scores {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const scores = changetype<Scores>(scratch)
  const map = mapOf(operandAt(call, 0))
  const loss = changetype<L>(call + CALL_OPTIONS)
  const n = load<u32>(map, MAP_LENGTH)
  const tiled = n <= FEW || load<u32>(map, MAP_STRIDE) != 1
  scores.length = n
  scores.pitch = tiled ? 16 : 4
  scores.vectors = tiled ? n : n >> 2
  scores.tail = tiled ? 0 : n & 3
  scores.target = loss.target(call)
  scores.step = scores.target != 0 && loss.keeps() ? 16 : 0
  scores.weightLow = f64x2.splat(0)
  scores.weightHigh = f64x2.splat(0)
  scores.countLow = f64x2.splat(0)
  scores.countHigh = f64x2.splat(0)
  scores.z = scratch + HEAD
  scores.to = scratch + HEAD + <usize>n * scores.pitch
  return scores
}

// @ts-ignore: decorator
@inline function isTiled (scores: Scores): bool { return scores.pitch == 16 }
// @ts-ignore: decorator
@inline function lanesOf (scores: Scores): Lanes { return changetype<Lanes>(changetype<usize>(scores) + LANES) }

/** Rows [start, end): their losses, sums and results, up to the first fault. */
function block<L extends Scoring> (call: usize, scores: Scores, start: u32, end: u32, partial: usize): void {
  const loss = changetype<L>(call + CALL_OPTIONS)
  const out = <usize>load<u32>(call, CALL_LOSS)
  const most: u32 = isTiled(scores) ? 4 : 1
  let sum: f64 = 0
  let weight: f64 = 0
  for (let r = start; r < end; r += most) {
    const rows = min<u32>(most, end - r)
    scores.rows = rows
    scores.refused = 0
    let needed = scores.target != 0
    for (let i: u32 = 0; i < rows; i++) {
      if (loss.read(call, scores, i, r + i)) needed = true
      if (scores.refused != 0) return refuseClass(call, r + i, partial)
    }
    if (needed) analyse(call, scores, r)
    for (let i: u32 = 0; i < rows; i++) {
      const value = loss.value(scores, i)
      sum += value
      weight += numberOf(scores, offsetof<Scores>('weightLow'), i)
      if (out != 0 && out != scores.target) storeSingle<f32>(out, r + i, f64x2.splat(value))
    }
    if (scores.target != 0) {
      loss.finish(call, scores, r)
      if (isTiled(scores)) storeTile(scores.target, lanesOf(scores), scores.to)
    }
  }
  store<f64>(partial, sum, PARTIAL_SUM)
  store<f64>(partial, weight, PARTIAL_WEIGHT)
}

/** Finds the greatest, the exponentials and their sums of the rows from `r` on. */
function analyse (call: usize, scores: Scores, r: u32): void {
  if (scores.length == 0) return
  const operand = operandAt(call, 0)
  if (isTiled(scores)) analyseTile(operand, scores, r)
  else analyseRow(operand, scores, r)
  const one = f64x2.splat(1 / 18446744073709551616.0)
  scores.unitLow = f64x2.mul(exp(scores.offsetLow), one)
  const others = i32x4.sub(scores.ties, i32x4.splat(1))
  scores.restLow = f64x2.add(f64x2.mul(scores.sumLow, scores.unitLow), f64x2.convert_low_i32x4_s(others))
  scores.logLow = log1p(scores.restLow)
  if (!isTiled(scores)) return
  scores.unitHigh = f64x2.mul(exp(scores.offsetHigh), one)
  const high = f64x2.convert_low_i32x4_s(i32x4.shuffle(others, others, 2, 3, 2, 3))
  scores.restHigh = f64x2.add(f64x2.mul(scores.sumHigh, scores.unitHigh), high)
  scores.logHigh = log1p(scores.restHigh)
}

function analyseTile (operand: usize, scores: Scores, r: u32): void {
  const lanes = lanesOf(scores)
  locate(lanes, mapOf(operand), r, scores.rows)
  loadTile(operand, lanes, scores.z)
  setBase(scores, greatestOf(scores))
  sumOthers(scores, scores.z, scores.vectors, scores.to, scores.step)
}

/** The greatest score of every lane of a tile; NaN is never found. */
function greatestOf (scores: Scores): v128 {
  let most = f32x4.splat(-Infinity)
  const end = scores.z + (<usize>scores.length << 4)
  for (let from = scores.z; from < end; from += 16) most = f32x4.pmax(most, v128.load(from))
  return most
}

function analyseRow (operand: usize, scores: Scores, r: u32): void {
  const map = mapOf(operand)
  const offset = offsetOf(map, r)
  if (dtypeOf(operand) == F32) scores.z = addressOf(operand) + (offset << 2)
  else gatherRow(operand, offset, scores.length, scores.z)
  if (scores.target != 0) scores.to = scores.target + (offset << 2)
  const at = firstGreatest<f32>(scores.z, scores.length)
  setBase(scores, v128.load32_splat(scores.z + (<usize>at << 2)))
  sumRow(scores, at >> 2)
  const sums = f64x2.add(scores.sumLow, scores.sumHigh)
  scores.sumLow = f64x2.splat(f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1))
  const pairs = i32x4.add(scores.ties, i32x4.shuffle(scores.ties, scores.ties, 2, 3, 0, 1))
  scores.ties = i32x4.add(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2))
}

/** Rounds a row of another dtype to float32. */
function gatherRow (operand: usize, offset: usize, length: u32, to: usize): void {
  for (let c: u32 = 0; c < length; c++) {
    store<f32>(to + (<usize>c << 2), <f32>elementAt(addressOf(operand), dtypeOf(operand), offset + c))
  }
}

/** The exponentials of a row whose greatest is in vector `v`. */
function sumRow (scores: Scores, v: u32): void {
  const full = scores.vectors
  sumFull(scores, 0, min(v, full))
  if (v < full) sumOthers(scores, scores.z + (<usize>v << 4), 1, scores.to + <usize>v * scores.step, scores.step)
  sumFull(scores, v + 1, full)
  if (scores.tail != 0) sumTail(scores)
}

function sumFull (scores: Scores, from: u32, to: u32): void {
  if (from < to) sumExponentials(scores, scores.z + (<usize>from << 4), to - from, scores.to + <usize>from * scores.step, scores.step)
}

/** The last elements of a row, fewer than a vector; if the greatest is there and nowhere before, it is left out. */
function sumTail (scores: Scores): void {
  const patch = changetype<usize>(scores) + PATCH
  const from = scores.z + (<usize>scores.vectors << 4)
  let z = v128.load32_lane(from, f32x4.splat(-Infinity), 0)
  if (scores.tail > 1) z = v128.load32_lane(from + 4, z, 1)
  if (scores.tail > 2) z = v128.load32_lane(from + 8, z, 2)
  v128.store(patch, z)
  if (v128.any_true(scores.ties)) sumExponentials(scores, patch, 1, patch, 16)
  else sumOthers(scores, patch, 1, patch, 16)
  if (scores.step != 0) memory.copy(scores.to + (<usize>scores.vectors << 4), patch, <usize>scores.tail << 2)
}

/** Least and greatest factor whose products with an exponential float32 has room for. */
const LEAST_FACTOR: f64 = 1e-28
const GREATEST_FACTOR: f64 = 1e18

/** Lanes whose factor is one of those, or 0. */
// @ts-ignore: decorator
@inline function areOrdinary (factor: v128): v128 {
  const size = f64x2.abs(factor)
  const inside = v128.and(f64x2.ge(size, f64x2.splat(LEAST_FACTOR)), f64x2.le(size, f64x2.splat(GREATEST_FACTOR)))
  return v128.or(inside, f64x2.eq(factor, f64x2.splat(0)))
}

/**
 * Multiplies the exponentials by the rows' factors, within 2 ulp of the truth: in float32, by what the factor rounds to
 * and by the rest of it, where there is room for that. A row with NaN has a factor that is NaN.
 */
export function scale (scores: Scores): void {
  const low = areOrdinary(scores.factorLow)
  const high = areOrdinary(scores.factorHigh)
  if (!v128.all_true<i64>(v128.and(low, high))) return scaleChosen(scores, i32x4.shuffle(low, high, 0, 2, 4, 6))
  const factor = joined(scores.factorLow, scores.factorHigh)
  const lost = lostOf(scores, factor)
  let at = scores.to
  const end = at + (<usize>scores.vectors << 4)
  for (; at < end; at += 16) v128.store(at, product(v128.load(at), factor, lost))
  const tail = end + (<usize>scores.tail << 2)
  for (; at < tail; at += 4) v128.store32_lane(at, product(v128.load32_splat(at), factor, lost), 0)
}

/** What rounding to `factor` took from the factors. */
// @ts-ignore: decorator
@inline function lostOf (scores: Scores, factor: v128): v128 {
  return joined(f64x2.sub(scores.factorLow, lowOf(factor)), f64x2.sub(scores.factorHigh, highOf(factor)))
}

// @ts-ignore: decorator
@inline function product (e: v128, factor: v128, lost: v128): v128 {
  return f32x4.add(f32x4.mul(e, factor), f32x4.mul(e, lost))
}

/** The same where `single` is set, elsewhere in float64. */
function scaleChosen (scores: Scores, single: v128): void {
  let at = scores.to
  const end = at + (<usize>scores.vectors << 4)
  for (; at < end; at += 16) v128.store(at, scaled(scores, v128.load(at), single))
  const tail = end + (<usize>scores.tail << 2)
  for (; at < tail; at += 4) v128.store32_lane(at, scaled(scores, v128.load32_splat(at), single), 0)
}

// @ts-ignore: decorator
@inline function scaled (scores: Scores, e: v128, single: v128): v128 {
  const low = canonical(f64x2.mul(lowOf(e), scores.factorLow))
  const high = canonical(f64x2.mul(highOf(e), scores.factorHigh))
  const factor = joined(scores.factorLow, scores.factorHigh)
  return v128.bitselect(product(e, factor, lostOf(scores, factor)), joined(low, high), single)
}

/** Sets the factors that make count·softmax of exponentials; lanes without a row count 0. */
export function setFactors (scores: Scores): void {
  if (!isTiled(scores)) spread(scores)
  const one = f64x2.splat(1)
  scores.factorLow = f64x2.mul(f64x2.div(scores.countLow, f64x2.add(one, scores.restLow)), scores.unitLow)
  scores.factorHigh = f64x2.mul(f64x2.div(scores.countHigh, f64x2.add(one, scores.restHigh)), scores.unitHigh)
}

/** A single row is in all lanes. */
function spread (scores: Scores): void {
  scores.countLow = v128.load64_splat(changetype<usize>(scores) + offsetof<Scores>('countLow'))
  scores.countHigh = scores.countLow
  scores.restHigh = scores.restLow
  scores.unitHigh = scores.unitLow
}

/** Score of class `c` in lane `i`, and the greatest of that lane. */
// @ts-ignore: decorator
@inline export function scoreOf (scores: Scores, c: u32, i: u32): f64 {
  return <f64>load<f32>(scores.z + placeOf(scores, c, i))
}
// @ts-ignore: decorator
@inline export function mostOf (scores: Scores, i: u32): f64 {
  return <f64>load<f32>(changetype<usize>(scores) + (<usize>i << 2), offsetof<Scores>('most'))
}

/** Result of class `c` in lane `i`. */
// @ts-ignore: decorator
@inline export function setResult (scores: Scores, c: u32, i: u32, value: f64): void {
  storeSingle<f32>(scores.to + placeOf(scores, c, i), 0, f64x2.splat(value))
}

// @ts-ignore: decorator
@inline export function resultOf (scores: Scores, c: u32, i: u32): f64 {
  return <f64>load<f32>(scores.to + placeOf(scores, c, i))
}
