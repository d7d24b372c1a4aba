// What the losses of overlaps do along the last axis, that of the classes, which lies row by row: softmax before they
// look at the input, what goes back through it, and the gradients of a background that does not count.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_SCALE, CALL_SCRATCH, CALL_TO } from '../layout'
import { addressOf, dtypeOf, extentOf, gather, gradientOf, operandAt, scatter, storeSingle } from '../operand'
import { elementOf, setElement } from '../rows/row'
import { projectThrough, readScores, Scores, toSoftmax } from '../rows/softmax'
import { isMasked, isShared, pulledBy } from '../shares'
import { activatedAt, recordAt } from './chunk'
import { CHUNKS, CLASSES, REGIONS, START } from './layout'
import { LOSS } from './overlap'

/** Slots with a gradient of every element, and that of the weights of classes. */
const SLOTS: u32 = 2
const WEIGHTS: u32 = 2
/** Bytes of Scores, rounded up to a line. */
const HEAD: usize = 64

// @ts-ignore: decorator
@inline function firstOf (call: usize): u32 { return load<u32>(call, CALL_FROM) * load<u32>(call, CALL_BLOCK) }
// @ts-ignore: decorator
@inline function lastOf (call: usize): u32 {
  return min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * load<u32>(call, CALL_BLOCK))
}

/** Row `k` of the scratch. */
// @ts-ignore: decorator
@inline function rowAt (call: usize, k: u32): usize {
  return ((<usize>load<u32>(call, CALL_SCRATCH) + HEAD + 15) & ~15) + <usize>k * ((<usize>extentOf(call, CLASSES) + 2) << 3)
}

/** Softmax of the rows of one part, kept as in ./overlap. */
export function activate<T extends number> (call: usize): void {
  const n = extentOf(call, CLASSES)
  for (let r = firstOf(call); r < lastOf(call); r++) {
    const scores = readRow<T>(call, r)
    const e = rowAt(call, 1)
    toSoftmax(scores, e, n, e)
    if (scores.rest < 1) setElement(e, scores.at, -(scores.rest / (1 + scores.rest)))
    memory.copy(activatedAt(call) + ((<usize>r * n) << 3), e, <usize>n << 3)
  }
}

/** Scores and exponentials of row `r` of the input. */
function readRow<T extends number> (call: usize, r: u32): Scores {
  const n = extentOf(call, CLASSES)
  const input = operandAt(call, 0)
  const scores = changetype<Scores>(<usize>load<u32>(call, CALL_SCRATCH))
  gather<T>(addressOf(input), dtypeOf(input), <usize>r * n, 1, n, rowAt(call, 0))
  readScores<f64, f64>(scores, rowAt(call, 0), n, rowAt(call, 1))
  return scores
}

/** Slopes of the activated input, which are in its place, through softmax to the gradient. */
export function pullBack<T extends number> (call: usize): void {
  const n = extentOf(call, CLASSES)
  const p = rowAt(call, 1)
  const slopes = rowAt(call, 2)
  for (let r = firstOf(call); r < lastOf(call); r++) {
    const to = gradientOf(operandAt(call, 0)) + <usize>r * n * sizeof<T>()
    memory.copy(slopes, activatedAt(call) + ((<usize>r * n) << 3), <usize>n << 3)
    if (extentOf(call, START) != 0) setElement(slopes, 0, 0)
    if (isShared(call) && isFlat(slopes, n)) {
      memory.fill(to, 0, <usize>n * sizeof<T>())
      continue
    }
    const scores = readRow<T>(call, r)
    toSoftmax(scores, p, n, p)
    projectThrough(p, slopes, scores.at, n, rowAt(call, 0), rowAt(call, 3))
    scatter<T>(rowAt(call, 3), n, 1, to, 1)
  }
}

/** Whether all of a row's slopes are 0, as in regions that are left out: what the row holds does not matter then, NaN or not. */
function isFlat (slopes: usize, n: u32): bool {
  for (let c: u32 = 0; c < n; c++) if (elementOf(slopes, c) != 0) return false
  return true
}

/** Gradients of class 0, which does not count. */
export function clearBackground<T extends number> (call: usize): void {
  const n = extentOf(call, CLASSES)
  for (let k: u32 = 0; k < SLOTS; k++) {
    const gradient = gradientOf(operandAt(call, k))
    if (gradient == 0) continue
    for (let r = firstOf(call); r < lastOf(call); r++) store<T>(gradient + <usize>r * n * sizeof<T>(), <T>0)
  }
}

/** Gradients of the weights of classes: what the losses of a class are without them. */
export function weigh<T extends number> (call: usize): void {
  const gradient = gradientOf(operandAt(call, WEIGHTS))
  for (let c = firstOf(call); c < lastOf(call); c++) {
    const sum = c < extentOf(call, START) ? 0 : sumOver<T>(call, c - extentOf(call, START))
    storeSingle<T>(gradient, c, f64x2.splat(sum))
  }
}

/** Sum of the losses of the regions of one class, times their pull and the scale: it is the last of the axes that stay. */
function sumOver<T extends number> (call: usize, first: u32): f64 {
  const step = extentOf(call, CLASSES) - extentOf(call, START)
  let sum: f64 = 0
  let kept: u32 = 0
  for (let r = first; r < extentOf(call, REGIONS); r += step) {
    if (isMasked(call, r)) continue
    sum += elementOf(recordAt(call, r * extentOf(call, CHUNKS)), LOSS) * pulledBy<T>(call, r)
    kept++
  }
  // The scale may be infinite where nothing is kept.
  return kept == 0 ? 0 : sum * load<f64>(call, CALL_SCALE)
}
