// Cross entropy of classes in clusters, PyTorch `AdaptiveLogSoftmaxWithLoss`: −ln softmax of the head's scores at the
// target or its cluster, and, in a cluster, −ln softmax of its scores at the target.
import {
  CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_LOSS, CALL_PARTIALS, CALL_TO, PARTIAL_SIZE, PARTIAL_SUM, PARTIAL_WEIGHT
} from '../layout'
import {
  Adaptive, adaptiveOf, bytesOf, Cluster, CLUSTERS, extentsOf, firstCluster, HEAD, HEAD_BIAS, HEAD_WEIGHT, HIDDEN, INPUT, listAt,
  nextCluster, OUTPUTS, sampleAt, scoresOf, SLOPES, TAIL_WEIGHTS
} from '../adaptive/adaptive'
import { headGradient, inputGradient, tailGradient } from '../adaptive/gradient'
import { addRows, addTimes, multiply } from '../adaptive/products'
import { addressOf, dtypeOf, gather, operandAt, storeSingle } from '../operand'
import { classAt, OUTSIDE, refuseClass } from '../rows/classes'
import { elementOf, setElement } from '../rows/row'
import { lossOf, pullBackOne, readScores } from '../rows/softmax'
import { fill } from '../rowwise'
import { isMasked, isShared, pulledBy, sampleWeight } from '../shares'

/** Runs the loss over the samples of one part. */
function adaptive<T extends number> (call: usize): void {
  const a = adaptiveOf(call)
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE
    block<T>(a, b * size, min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size), partial)
  }
}

/** Samples [start, end), up to the first whose target names no class. */
function block<T extends number> (a: Adaptive, start: u32, end: u32, partial: usize): void {
  const out = <usize>load<u32>(a.call, CALL_LOSS)
  let sum: f64 = 0
  let weight: f64 = 0
  for (let n = start; n < end; n++) {
    let loss: f64 = 0
    if (isMasked(a.call, n)) leaveOut(a, n)
    else {
      const y = classAt(a.call, n, extentsOf(a).classes, NaN)
      if (y == OUTSIDE) return refuseClass(a.call, n, partial)
      const share = sampleWeight<T>(a.call, n)
      loss = share * sample(a, n, y, pulledBy<T>(a.call, n))
      weight += share
    }
    sum += loss
    if (out != 0) storeSingle<T>(out, n, f64x2.splat(loss))
  }
  store<f64>(partial, sum, PARTIAL_SUM)
  store<f64>(partial, weight, PARTIAL_WEIGHT)
}

/** Sample `n` is masked: it lies in no cluster, and its slopes are 0. */
function leaveOut (a: Adaptive, n: u32): void {
  if (extentsOf(a).slopes == 0) return
  setElement(listAt(a, CLUSTERS, n), 0, -1)
  fill(listAt(a, HEAD, n), extentsOf(a).head, 0)
}

/** ℓ of sample `n` and class `y`; where wanted, its slopes times `upstream`. */
function sample (a: Adaptive, n: u32, y: u32, upstream: f64): f64 {
  const e = extentsOf(a)
  const scores = listAt(a, HEAD, n)
  multiply(a.headWeight, e.head, sampleAt(a, n), e.length, scores)
  addTimes(scores, 1, a.headBias, e.head)
  const c = firstCluster(a)
  const shortlist = c.first
  setElement(listAt(a, CLUSTERS, n), 0, -1)
  if (y < shortlist) return surprise(a, scores, e.head, y, upstream)
  while (y >= c.first + c.classes) nextCluster(a, c)
  setElement(listAt(a, CLUSTERS, n), 0, <f64>c.index)
  return surprise(a, scores, e.head, shortlist + c.index, upstream) + within(a, c, n, y - c.first, upstream)
}

/** −ln softmax within the cluster of sample `n` at its class `y`. */
function within (a: Adaptive, c: Cluster, n: u32, y: u32, upstream: f64): f64 {
  const hidden = listAt(a, HIDDEN, n)
  const scores = listAt(a, OUTPUTS, n)
  multiply(c.projection, c.width, sampleAt(a, n), extentsOf(a).length, hidden)
  multiply(c.output, c.classes, hidden, c.width, scores)
  const loss = surprise(a, scores, c.classes, y, upstream)
  if (extentsOf(a).slopes != 0) {
    fill(listAt(a, SLOPES, n), c.width, 0)
    addRows(listAt(a, SLOPES, n), scores, c.output, c.classes, c.width)
  }
  return loss
}

/** −ln softmax of `n` scores at `y`; where wanted, its slopes take their place. */
function surprise (a: Adaptive, scores: usize, n: u32, y: u32, upstream: f64): f64 {
  const known = scoresOf(a)
  readScores<f64, f64>(known, scores, n, a.exponentials)
  const loss = f64x2.extract_lane(lossOf(known, f64x2.splat(elementOf(scores, y))), 0)
  if (extentsOf(a).slopes != 0) pullBackOne(known, a.exponentials, y, upstream, n, scores)
  return loss
}

/** Copies the part's numbers of all operands but target, as if they stood one after the other, as float64. */
function copy<T extends number> (call: usize): void {
  const a = adaptiveOf(call)
  const e = extentsOf(a)
  const size = load<u32>(call, CALL_BLOCK)
  const start = load<u32>(call, CALL_FROM) * size
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  let first = copyOf<T>(a, INPUT, 0, e.samples * e.length, start, end)
  if (isShared(call) && start < first) hide(a, start, min<u32>(first, end))
  first = copyOf<T>(a, HEAD_WEIGHT, first, e.head * e.length, start, end)
  first = copyOf<T>(a, HEAD_BIAS, first, e.head, start, end)
  copyOf<T>(a, TAIL_WEIGHTS, first, e.tail, start, end)
}

/** Numbers [start, end) of the input become 0 where their sample is masked. */
function hide (a: Adaptive, start: u32, end: u32): void {
  const length = extentsOf(a).length
  for (let at = start; at < end;) {
    const next = min<u32>(end, (at / length + 1) * length)
    if (isMasked(a.call, at / length)) memory.fill(a.input + bytesOf(at), 0, bytesOf(next - at))
    at = next
  }
}

/** Copies what of [start, end) lies in operand `k`, whose `count` numbers start at `first`; gives what lies behind it. */
function copyOf<T extends number> (a: Adaptive, k: u32, first: u32, count: u32, start: u32, end: u32): u32 {
  const operand = operandAt(a.call, k)
  const from = max<u32>(start, first)
  const to = min<u32>(end, first + count)
  if (from >= to) return first + count
  if (addressOf(operand) == 0) memory.fill(a.input + bytesOf(from), 0, bytesOf(to - from))
  else gather<T>(addressOf(operand), dtypeOf(operand), from - first, 1, to - from, a.input + bytesOf(from))
  return first + count
}

export function adaptive_log_softmax_f32 (call: usize): void { adaptive<f32>(call) }
export function adaptive_log_softmax_f64 (call: usize): void { adaptive<f64>(call) }
export function adaptive_log_softmax_copy_f32 (call: usize): void { copy<f32>(call) }
export function adaptive_log_softmax_copy_f64 (call: usize): void { copy<f64>(call) }
export function adaptive_log_softmax_input_f32 (call: usize): void { inputGradient<f32>(call) }
export function adaptive_log_softmax_input_f64 (call: usize): void { inputGradient<f64>(call) }
export function adaptive_log_softmax_head_f32 (call: usize): void { headGradient<f32>(call) }
export function adaptive_log_softmax_head_f64 (call: usize): void { headGradient<f64>(call) }
export function adaptive_log_softmax_tail_f32 (call: usize): void { tailGradient<f32>(call) }
export function adaptive_log_softmax_tail_f64 (call: usize): void { tailGradient<f64>(call) }
