// A stage of adaptive_log_softmax: where everything lies. All numbers are float64. The work area:
//
//   input          samples × length
//   head_weight    head × length
//   head_bias      head; 0 where it was left out
//   tail_weights   cluster by cluster: width × length of the projection, then classes × width
//
// and, where gradients are wanted, lists for each sample; otherwise every sample takes the same lists in the part's scratch:
//
//   clusters       the cluster of its target, −1 for a class of the head
//   head           scores, which become slopes
//   scores         those of its cluster, which become slopes
//   hidden         its projection
//   slopes         ∂ℓ/∂hidden
import { CALL_EXTENTS, CALL_SCRATCH, CALL_WORK, MAP_AXES, MAP_RANK } from '../layout'
import { mapOf, operandAt } from '../operand'
import { Scores } from '../rows/softmax'
import { ADAPTIVE_ROWS, ADAPTIVE_SIZE } from './layout'

export const INPUT: u32 = 0
export const HEAD_WEIGHT: u32 = 2
export const HEAD_BIAS: u32 = 3
export const TAIL_WEIGHTS: u32 = 4

@unmanaged class Extents {
  samples: u32
  /** Elements of a sample. */
  length: u32
  classes: u32
  /** Rows of the head. */
  head: u32
  /** The most classes and dimensions of a cluster. */
  largest: u32
  widest: u32
  /** Elements of tail_weights. */
  tail: u32
  /** 1 when gradients are wanted. */
  slopes: u32
}

/** Lists of each sample: the first, and the bytes from one to the next. */
@unmanaged class Lists {
  at: usize
  pitch: usize
}

/** The cluster in hand. */
@unmanaged export class Cluster {
  index: u32
  /** Its first class, how many it has, and its dimensions. */
  first: u32
  classes: u32
  width: u32
  /** Rows of the clusters before it. */
  row: u32
  projection: usize
  output: usize
}

/** A stage, worked out from its Call; it lies at the start of the part's scratch. */
@unmanaged export class Adaptive {
  call: usize
  input: usize
  headWeight: usize
  headBias: usize
  tail: usize
  /** Scratch: exponentials, and sums of ADAPTIVE_ROWS rows `pitch` bytes apart, then one number for each. */
  exponentials: usize
  sums: usize
  pitch: usize
  single: usize
}

// Behind the record
const CLUSTER: usize = 64
const SCORES: usize = 96
const LISTS: usize = 128

export const CLUSTERS: u32 = 0
export const HEAD: u32 = 1
export const OUTPUTS: u32 = 2
export const HIDDEN: u32 = 3
export const SLOPES: u32 = 4

// @ts-ignore: decorator
@inline export function extentsOf (a: Adaptive): Extents { return changetype<Extents>(a.call + CALL_EXTENTS) }
// @ts-ignore: decorator
@inline function clusterOf (a: Adaptive): Cluster { return changetype<Cluster>(changetype<usize>(a) + CLUSTER) }
// @ts-ignore: decorator
@inline export function scoresOf (a: Adaptive): Scores { return changetype<Scores>(changetype<usize>(a) + SCORES) }
// @ts-ignore: decorator
@inline function listsOf (a: Adaptive, k: u32): Lists {
  return changetype<Lists>(changetype<usize>(a) + LISTS + <usize>k * offsetof<Lists>())
}
/** List `k` of sample `n`. */
// @ts-ignore: decorator
@inline export function listAt (a: Adaptive, k: u32, n: u32): usize { return listsOf(a, k).at + <usize>n * listsOf(a, k).pitch }
/** Sample `n`. */
// @ts-ignore: decorator
@inline export function sampleAt (a: Adaptive, n: u32): usize { return a.input + <usize>n * bytesOf(extentsOf(a).length) }
/** Bytes of `count` float64. */
// @ts-ignore: decorator
@inline export function bytesOf (count: u32): usize { return <usize>count << 3 }
/** … that are stored in pairs. */
// @ts-ignore: decorator
@inline function evenBytes (count: u32): usize { return bytesOf(count + (count & 1)) }

/** The stage of `call`. */
export function adaptiveOf (call: usize): Adaptive {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const a = changetype<Adaptive>(scratch)
  a.call = call
  const e = extentsOf(a)
  a.input = <usize>load<u32>(call, CALL_WORK)
  a.headWeight = a.input + <usize>e.samples * bytesOf(e.length)
  a.headBias = a.headWeight + <usize>e.head * bytesOf(e.length)
  a.tail = a.headBias + bytesOf(e.head)
  a.exponentials = scratch + ADAPTIVE_SIZE
  a.sums = a.exponentials + evenBytes(max<u32>(e.head, e.largest))
  a.pitch = evenBytes(max<u32>(e.length, e.widest))
  a.single = a.sums + <usize>ADAPTIVE_ROWS * a.pitch
  placeLists(a, e.slopes != 0 ? a.tail + bytesOf(e.tail) : a.single + bytesOf(ADAPTIVE_ROWS))
  return a
}

function placeLists (a: Adaptive, at: usize): void {
  const extents = extentsOf(a)
  at = placeList(a, CLUSTERS, at, 8)
  at = placeList(a, HEAD, at, evenBytes(extents.head))
  at = placeList(a, OUTPUTS, at, evenBytes(extents.largest))
  at = placeList(a, HIDDEN, at, evenBytes(extents.widest))
  placeList(a, SLOPES, at, evenBytes(extents.widest))
}

/** Places lists `k`, and gives what lies behind them. */
function placeList (a: Adaptive, k: u32, at: usize, bytes: usize): usize {
  const kept = extentsOf(a).slopes != 0
  listsOf(a, k).at = at
  listsOf(a, k).pitch = kept ? bytes : 0
  return at + (kept ? <usize>extentsOf(a).samples * bytes : bytes)
}

/** Takes the first cluster in hand; there is one. */
export function firstCluster (a: Adaptive): Cluster {
  const c = clusterOf(a)
  c.index = 0
  c.first = extentsOf(a).head - load<u32>(mapOf(operandAt(a.call, TAIL_WEIGHTS)), MAP_RANK)
  c.row = 0
  c.projection = a.tail
  measure(a, c)
  return c
}

/** Takes the next one. */
export function nextCluster (a: Adaptive, c: Cluster): void {
  c.index++
  c.first += c.classes
  c.row += c.width + c.classes
  c.projection = c.output + <usize>c.classes * bytesOf(c.width)
  measure(a, c)
}

function measure (a: Adaptive, c: Cluster): void {
  const axis = mapOf(operandAt(a.call, TAIL_WEIGHTS)) + MAP_AXES + (<usize>c.index << 3)
  c.classes = load<u32>(axis)
  c.width = load<u32>(axis, 4)
  c.output = c.projection + <usize>c.width * bytesOf(extentsOf(a).length)
}
