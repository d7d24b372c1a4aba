// Cross-entropy of the logits S + bias, PyTorch `F.linear_cross_entropy`. S holds the products of inputs and weights, with
// class c at position p of P in column c·P + p; entry e of the loss is row e/P at position e mod P. What class c counts is
// w_c·((1 − ε)·[c = y] + ε/C) of a class index y, and w_c·((1 − ε)·q_c + ε/C) of probabilities q. What is masked has
// slopes of 0, and rows and columns of which everything is masked are hidden from the products.
import {
  CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_SCALE, CALL_TO, INDEX, PARTIAL_SIZE, PARTIAL_SUM,
  PARTIAL_WEIGHT
} from '../layout'
import { scaleOf } from '../matrix/gradient'
import { keptScores, Matrix, matrixOf, similarities, slopesAt, spareList, vectorAt, wantsSlopes } from '../matrix/matrix'
import { addressOf, dtypeOf, extentOf, gather, gradientOf, operandAt, scatter, storeSingle } from '../operand'
import { classAt, IGNORED, OUTSIDE, refuseClass, weightAt } from '../rows/classes'
import { elementOf, scaleBy, scratchAt, setElement, storeAt, total } from '../rows/row'
import { lossOf, pullBack, pullBackOne, readScores } from '../rows/softmax'
import { fill } from '../rowwise'
import { isMasked, pulledBy, sampleWeight } from '../shares'

const INPUT: u32 = 0
const TARGET: u32 = 1
const LINEAR_WEIGHT: u32 = 3
const BIAS: u32 = 4
/** The extent behind those of the family: classes. */
const M_CLASSES: u32 = 5

// Spare lists: logits, e_c, what each class counts, and terms, biases or slopes.
const LOGITS: u32 = 0
const EXPONENTIALS: u32 = 1
const COUNTS: u32 = 2
const OTHERS: u32 = 3

@unmanaged class Options {
  ignoreIndex: f64
  labelSmoothing: f64
}

// @ts-ignore: decorator
@inline function optionsOf (m: Matrix): Options { return changetype<Options>(m.call + CALL_OPTIONS) }
// @ts-ignore: decorator
@inline function classesOf (m: Matrix): u32 { return extentOf(m.call, M_CLASSES) }
/** How many positions a row has; without classes it does not matter. */
// @ts-ignore: decorator
@inline function positionsOf (m: Matrix): u32 { return classesOf(m) == 0 ? 1 : m.columns / classesOf(m) }

/** Runs the loss over the entries of one part. */
function linear<T extends number> (call: usize, soft: bool): void {
  const m = matrixOf<T>(call)
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    block<T>(m, b * size, min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size), soft, partial)
  }
}

/** Entries [start, end), up to the first whose target names no class. */
function block<T extends number> (m: Matrix, start: u32, end: u32, soft: bool, partial: usize): void {
  const out = <usize>load<u32>(m.call, CALL_LOSS)
  let sum: f64 = 0
  let weight: f64 = 0
  for (let e = start; e < end; e++) {
    if (isMasked(m.call, e)) {
      leaveOut<T>(m, e, out)
      continue
    }
    const y = soft ? 0 : classAt(m.call, e, classesOf(m), optionsOf(m).ignoreIndex)
    if (y == OUTSIDE) return refuseClass(m.call, e, partial)
    readLogits<T>(m, e)
    const share = sampleWeight<T>(m.call, e)
    const loss = share * (soft ? ofProbabilities<T>(m, e) : y == IGNORED ? ignored(m, e) : ofClass<T>(m, e, y))
    sum += loss
    if (y != IGNORED) weight += soft ? share : share * weightAt<T>(m.call, y)
    if (out != 0) storeSingle<T>(out, e, f64x2.splat(loss))
  }
  store<f64>(partial, sum, PARTIAL_SUM)
  store<f64>(partial, weight, PARTIAL_WEIGHT)
}

/** Where the first class of entry `e` is in a matrix whose rows start `at`. */
// @ts-ignore: decorator
@inline function placeOf (m: Matrix, e: u32, at: usize): usize { return at + (<usize>(e % positionsOf(m)) << 3) }

/** Logits of entry `e`, and their exponentials. */
function readLogits<T extends number> (m: Matrix, e: u32): void {
  const z = spareList(m, LOGITS)
  const n = classesOf(m)
  const bias = operandAt(m.call, BIAS)
  const step = positionsOf(m)
  copyApart(placeOf(m, e, similarities(m, e / step)), step, n, z)
  if (addressOf(bias) != 0) {
    const own = spareList(m, OTHERS)
    gather<T>(addressOf(bias), dtypeOf(bias), e % step, step, n, own)
    for (let c: u32 = 0; c < n; c += 2) storeAt(z, c, f64x2.add(scratchAt(z, c), scratchAt(own, c)))
  }
  readScores<f64, f64>(keptScores(m), z, n, spareList(m, EXPONENTIALS))
}

/** Copies `n` float64 that lie `step` apart. */
function copyApart (from: usize, step: u32, n: u32, to: usize): void {
  for (let c: u32 = 0; c < n; c++, from += <usize>step << 3) setElement(to, c, load<f64>(from))
}

/** What every class counts whatever the target: ε/C·w_c. */
function spread<T extends number> (m: Matrix, counts: usize): void {
  const n = classesOf(m)
  const share = optionsOf(m).labelSmoothing / <f64>n
  for (let c: u32 = 0; c < n; c++) setElement(counts, c, share * weightAt<T>(m.call, c))
}

/** Σ a_c·(−ln softmax_c) of the counts a. */
function weighed (m: Matrix): f64 {
  const n = classesOf(m)
  const terms = spareList(m, OTHERS)
  for (let c: u32 = 0; c < n; c += 2) {
    storeAt(terms, c, f64x2.mul(scratchAt(spareList(m, COUNTS), c), lossOf(keptScores(m), scratchAt(spareList(m, LOGITS), c))))
  }
  return total(terms, n)
}

/** ℓ of class `y`, and its slopes. */
function ofClass<T extends number> (m: Matrix, e: u32, y: u32): f64 {
  const smoothing = optionsOf(m).labelSmoothing
  const counts = spareList(m, COUNTS)
  const own = (1 - smoothing) * weightAt<T>(m.call, y)
  const loss = own * f64x2.extract_lane(lossOf(keptScores(m), f64x2.splat(elementOf(spareList(m, LOGITS), y))), 0)
  if (smoothing == 0) {
    if (wantsSlopes(m)) {
      pullBackOne(keptScores(m), spareList(m, EXPONENTIALS), y, own * pulledBy<T>(m.call, e), classesOf(m), spareList(m, OTHERS))
      writeSlopes(m, e)
    }
    return loss
  }
  spread<T>(m, counts)
  const rest = weighed(m)
  setElement(counts, y, elementOf(counts, y) + own)
  pull<T>(m, e)
  return loss + rest
}

/** ℓ of probabilities, and its slopes. */
function ofProbabilities<T extends number> (m: Matrix, e: u32): f64 {
  const target = operandAt(m.call, TARGET)
  const counts = spareList(m, COUNTS)
  const q = spareList(m, OTHERS)
  const n = classesOf(m)
  const step = positionsOf(m)
  const smoothing = optionsOf(m).labelSmoothing
  gather<T>(addressOf(target), dtypeOf(target), <usize>(e / step) * m.columns + e % step, step, n, q)
  spread<T>(m, counts)
  for (let c: u32 = 0; c < n; c++) {
    setElement(counts, c, elementOf(counts, c) + (1 - smoothing) * weightAt<T>(m.call, c) * elementOf(q, c))
  }
  const loss = weighed(m)
  pull<T>(m, e)
  return loss
}

/** Slopes of what the classes count. */
function pull<T extends number> (m: Matrix, e: u32): void {
  if (!wantsSlopes(m)) return
  const counts = spareList(m, COUNTS)
  const scores = keptScores(m)
  scaleBy(counts, classesOf(m), pulledBy<T>(m.call, e))
  pullBack(scores, spareList(m, EXPONENTIALS), 1 + scores.rest, counts, classesOf(m), spareList(m, OTHERS))
  writeSlopes(m, e)
}

/** An entry that is left out: PyTorch's slopes are 0, or NaN where the logits have no softmax. */
function ignored (m: Matrix, e: u32): f64 {
  const rest = keptScores(m).rest
  if (wantsSlopes(m)) {
    fill(spareList(m, OTHERS), classesOf(m), rest - rest)
    writeSlopes(m, e)
  }
  return 0
}

/** An entry that is masked: its loss and its slopes are 0. */
function leaveOut<T extends number> (m: Matrix, e: u32, out: usize): void {
  if (out != 0) storeSingle<T>(out, e, f64x2.splat(0))
  if (!wantsSlopes(m)) return
  fill(spareList(m, OTHERS), classesOf(m), 0)
  writeSlopes(m, e)
}

/** Puts the slopes of entry `e` in the logits' places. */
function writeSlopes (m: Matrix, e: u32): void {
  const step = positionsOf(m)
  scatter<f64>(spareList(m, OTHERS), classesOf(m), 1, placeOf(m, e, slopesAt(m, e / step)), step)
}

/** Whether the target of entry `e` is the class that is ignored; probabilities never are. */
function isIgnored (m: Matrix, e: u32): bool {
  if (dtypeOf(operandAt(m.call, TARGET)) < <u32>INDEX) return false
  return classAt(m.call, e, classesOf(m), optionsOf(m).ignoreIndex) == IGNORED
}

/** Multiplies the slopes of entries that are not left out by the scale of the reduction, which may be infinite. */
function scale<T extends number> (call: usize): void {
  const m = matrixOf<T>(call)
  const size = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  const step = positionsOf(m)
  for (let e = load<u32>(call, CALL_FROM) * size; e < end; e++) {
    if (isMasked(m.call, e) || isIgnored(m, e)) continue
    copyApart(placeOf(m, e, slopesAt(m, e / step)), step, classesOf(m), spareList(m, OTHERS))
    scaleBy(spareList(m, OTHERS), classesOf(m), load<f64>(call, CALL_SCALE))
    writeSlopes(m, e)
  }
}

/** Hides the part's rows and columns of which everything is masked: they become 0, and, once there are gradients, these. */
function hide<T extends number> (call: usize): void {
  const m = matrixOf<T>(call)
  const size = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  const bytes = <usize>m.length * sizeof<T>()
  for (let z = load<u32>(call, CALL_FROM) * size; z < end; z++) {
    if (!isHidden(m, z)) continue
    memory.fill(vectorAt(m, z), 0, m.pitch)
    const gradient = gradientOf(operandAt(call, z < m.rows ? INPUT : LINEAR_WEIGHT))
    if (gradient != 0) memory.fill(gradient + <usize>(z < m.rows ? z : z - m.rows) * bytes, 0, bytes)
  }
}

/** Whether everything is masked of row `z`, or, behind the rows, of the position that a column stands for. */
function isHidden (m: Matrix, z: u32): bool {
  if (m.columns == 0) return false
  const positions = positionsOf(m)
  return z < m.rows
    ? areMasked(m.call, z * positions, positions, 1)
    : areMasked(m.call, (z - m.rows) % positions, m.rows, positions)
}

/** Whether `count` entries from `first` on, `step` apart, are all masked. */
function areMasked (call: usize, first: u32, count: u32, step: u32): bool {
  for (let k: u32 = 0; k < count; k++) if (!isMasked(call, first + k * step)) return false
  return true
}

/** The gradient of the bias: sums of the slopes' columns. */
function bias<T extends number> (call: usize): void {
  const m = matrixOf<T>(call)
  const size = load<u32>(call, CALL_BLOCK)
  const to = gradientOf(operandAt(call, BIAS))
  const sums = spareList(m, OTHERS)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const start = b * size
    const n = min<u32>(load<u32>(call, CALL_COUNT) - start, size)
    fill(sums, n, 0)
    for (let i: u32 = 0; i < m.rows; i++) {
      const slopes = slopesAt(m, i) + (<usize>start << 3)
      for (let j: u32 = 0; j < n; j += 2) storeAt(sums, j, f64x2.add(scratchAt(sums, j), scratchAt(slopes, j)))
    }
    scatter<T>(sums, n, scaleOf(m), to + <usize>start * sizeof<T>(), 1)
  }
}

export function linear_cross_entropy_f32 (call: usize): void { linear<f32>(call, false) }
export function linear_cross_entropy_f64 (call: usize): void { linear<f64>(call, false) }
export function linear_cross_entropy_probabilities_f32 (call: usize): void { linear<f32>(call, true) }
export function linear_cross_entropy_probabilities_f64 (call: usize): void { linear<f64>(call, true) }
export function linear_cross_entropy_scale_f32 (call: usize): void { scale<f32>(call) }
export function linear_cross_entropy_scale_f64 (call: usize): void { scale<f64>(call) }
export function linear_cross_entropy_hide_f32 (call: usize): void { hide<f32>(call) }
export function linear_cross_entropy_hide_f64 (call: usize): void { hide<f64>(call) }
export function linear_cross_entropy_bias_f32 (call: usize): void { bias<f32>(call) }
export function linear_cross_entropy_bias_f64 (call: usize): void { bias<f64>(call) }
