// The gradients of adaptive_log_softmax from the slopes that the samples left.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_SCALE, CALL_TO } from '../layout'
import { gradientOf, operandAt, scatter } from '../operand'
import { elementOf } from '../rows/row'
import { fill } from '../rowwise'
import { isMasked } from '../shares'
import {
  Adaptive, adaptiveOf, bytesOf, Cluster, CLUSTERS, extentsOf, firstCluster, HEAD, HEAD_BIAS, HEAD_WEIGHT, HIDDEN, INPUT,
  listAt, nextCluster, OUTPUTS, sampleAt, SLOPES, TAIL_WEIGHTS
} from './adaptive'
import { ADAPTIVE_ROWS } from './layout'
import { addOuter, addRows, addTimes } from './products'

/** What gradients are multiplied by; a mean over no samples would be infinite. */
function scaleOf (a: Adaptive): f64 {
  const scale = load<f64>(a.call, CALL_SCALE)
  return scale - scale == 0 || keepsAny(a) ? scale : 0
}

/** Whether there is a sample that is not masked. */
function keepsAny (a: Adaptive): bool {
  for (let n: u32 = 0; n < extentsOf(a).samples; n++) if (!isMasked(a.call, n)) return true
  return false
}

/** Writes `count` rows of sums as the gradient of `slot`, from its element `at` on. */
function write<T extends number> (a: Adaptive, slot: u32, at: usize, count: u32, n: u32): void {
  const to = gradientOf(operandAt(a.call, slot)) + at * sizeof<T>()
  for (let r: u32 = 0; r < count; r++) {
    scatter<T>(a.sums + <usize>r * a.pitch, n, scaleOf(a), to + <usize>r * n * sizeof<T>(), 1)
  }
}

/** Gradients of the part's samples: what goes back through the head, and through the projection of the cluster. */
export function inputGradient<T extends number> (call: usize): void {
  const a = adaptiveOf(call)
  const length = extentsOf(a).length
  const size = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  for (let n = load<u32>(call, CALL_FROM) * size; n < end; n++) {
    if (isMasked(a.call, n)) {
      clearSample<T>(a, n)
      continue
    }
    fill(a.sums, length, 0)
    addRows(a.sums, listAt(a, HEAD, n), a.headWeight, extentsOf(a).head, length)
    const index = elementOf(listAt(a, CLUSTERS, n), 0)
    if (index >= 0) {
      const c = firstCluster(a)
      while (c.index < <u32>index) nextCluster(a, c)
      addRows(a.sums, listAt(a, SLOPES, n), c.projection, c.width, length)
    }
    write<T>(a, INPUT, <usize>n * length, 1, length)
  }
}

/** The gradient of a sample that is masked is 0 whatever the scale, and whatever the weights hold. */
function clearSample<T extends number> (a: Adaptive, n: u32): void {
  const bytes = <usize>extentsOf(a).length * sizeof<T>()
  memory.fill(gradientOf(operandAt(a.call, INPUT)) + <usize>n * bytes, 0, bytes)
}

/** Gradients of the part's rows of the head, and of their biases. */
export function headGradient<T extends number> (call: usize): void {
  const a = adaptiveOf(call)
  const length = extentsOf(a).length
  const size = load<u32>(call, CALL_BLOCK)
  const weight = gradientOf(operandAt(call, HEAD_WEIGHT)) != 0
  const bias = gradientOf(operandAt(call, HEAD_BIAS))
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const start = b * size
    const count = min<u32>(load<u32>(call, CALL_COUNT) - start, size)
    clear(a)
    for (let n: u32 = 0; n < extentsOf(a).samples; n++) {
      const slopes = listAt(a, HEAD, n) + bytesOf(start)
      if (weight) addOuter(a.sums, a.pitch, slopes, count, sampleAt(a, n), length)
      addTimes(a.single, 1, slopes, count)
    }
    if (weight) write<T>(a, HEAD_WEIGHT, <usize>start * length, count, length)
    if (bias != 0) scatter<T>(a.single, count, scaleOf(a), bias + <usize>start * sizeof<T>(), 1)
  }
}

/** Sets all sums to 0. */
function clear (a: Adaptive): void { memory.fill(a.sums, 0, <usize>ADAPTIVE_ROWS * (a.pitch + 8)) }

/** Gradients of the part's rows of the clusters' weights: those of a projection, then those of its scores. */
export function tailGradient<T extends number> (call: usize): void {
  const a = adaptiveOf(call)
  const size = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * size)
  const c = firstCluster(a)
  for (let r = load<u32>(call, CALL_FROM) * size; r < end;) {
    while (r >= c.row + c.width + c.classes) nextCluster(a, c)
    const scores = c.row + c.width
    const most = min<u32>(end, r + size)
    r += r < scores
      ? ofRows<T>(a, c, SLOPES, r - c.row, min<u32>(most, scores) - r)
      : ofRows<T>(a, c, OUTPUTS, r - scores, min<u32>(most, scores + c.classes) - r)
  }
}

/** Gradients of `count` rows from `k` on of a cluster's projection (SLOPES), or of its scores (OUTPUTS). */
function ofRows<T extends number> (a: Adaptive, c: Cluster, list: u32, k: u32, count: u32): u32 {
  const projects = list == SLOPES
  const length = projects ? extentsOf(a).length : c.width
  clear(a)
  for (let n: u32 = 0; n < extentsOf(a).samples; n++) {
    if (elementOf(listAt(a, CLUSTERS, n), 0) != <f64>c.index) continue
    addOuter(a.sums, a.pitch, listAt(a, list, n) + bytesOf(k), count, projects ? sampleAt(a, n) : listAt(a, HIDDEN, n), length)
  }
  const first = ((projects ? c.projection : c.output) - a.tail) >> 3
  write<T>(a, TAIL_WEIGHTS, first + <usize>k * length, count, length)
  return count
}
