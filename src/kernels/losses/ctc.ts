// Connectionist temporal classification, PyTorch `F.ctc_loss`: −ln of the probability of all alignments. Extents: frames,
// samples, classes; labels that a sample has room for, 0 where they stand one after the other; all labels; the most
// labels of a sample that frames suffice for; 1 where the mean divides each loss by its number of labels.
import {
  CALL_EXTENTS, CALL_FROM, CALL_LOSS, CALL_OPTIONS, CALL_PARTIALS, CALL_SCALE, CALL_SCRATCH, CALL_TO, INDEX, PARTIAL_SIZE, PARTIAL_SUM,
  PARTIAL_WEIGHT
} from '../layout'
import { addressOf, dtypeOf, gradientOf, integerAt, operandAt, scatter, storeSingle, upstreamAt } from '../operand'
import { recordElement } from '../rows/fault'
import { fill } from '../rowwise'
import { isMasked, sampleWeight } from '../shares'
import { align, Alignment, compareLabels, differentiate, layOut } from '../sequences/alignment'

const HEAD: usize = 128
const TARGETS: u32 = 1
const INPUT_LENGTHS: u32 = 2
const TARGET_LENGTHS: u32 = 3

/** What can be wrong: labels outside the classes, or blank; lengths. */
const OUTSIDE: u32 = 1
const BLANK: u32 = 2
const FRAMES: u32 = 3
const NEGATIVE: u32 = 4
const LONG: u32 = 5
const SHORT: u32 = 6

@unmanaged class Extents {
  frames: u32
  samples: u32
  classes: u32
  columns: u32
  labels: u32
  most: u32
  perLabel: u32
}

@unmanaged class Options {
  blank: f64
  zeroInfinity: f64
}

// @ts-ignore: decorator
@inline function extentsOf (call: usize): Extents { return changetype<Extents>(call + CALL_EXTENTS) }
// @ts-ignore: decorator
@inline function optionsOf (call: usize): Options { return changetype<Options>(call + CALL_OPTIONS) }

function ctc<T extends number> (call: usize): void {
  const a = prepare(call)
  let start = startOf(call)
  for (let n = load<u32>(call, CALL_FROM); n < load<u32>(call, CALL_TO); n++) {
    const partial = <usize>load<u32>(call, CALL_PARTIALS) + <usize>n * PARTIAL_SIZE
    const packed = extentsOf(call).columns == 0
    const masked = isMasked(call, n)
    if ((packed || !masked) && !readLengths(a, n, start, partial)) continue
    if (masked) leaveOut<T>(a, n)
    else if (readLabels(a, n, start, partial)) sample<T>(a, n, sampleWeight<T>(call, n), partial)
    if (packed) start += a.length
  }
}

function prepare (call: usize): Alignment {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const extents = extentsOf(call)
  const a = changetype<Alignment>(scratch)
  a.call = call
  a.step = <usize>extents.samples * extents.classes
  a.classes = extents.classes
  a.blank = <u32>optionsOf(call).blank
  a.kept = gradientOf(operandAt(call, 0)) != 0
  layOut(a, extents.most, extents.frames, scratch + HEAD)
  return a
}

// @ts-ignore: decorator
@inline function wholeAt (call: usize, slot: u32, at: usize): i64 {
  const operand = operandAt(call, slot)
  return integerAt(addressOf(operand), dtypeOf(operand) & (INDEX - 1), at)
}

/** Labels before those of the part's first sample, where they stand one after the other. */
function startOf (call: usize): i64 {
  let start: i64 = 0
  if (extentsOf(call).columns != 0) return start
  for (let n: u32 = 0; n < load<u32>(call, CALL_FROM); n++) start += wholeAt(call, TARGET_LENGTHS, n)
  return start
}

/** Reads the lengths of sample `n`; false when they are refused. */
function readLengths (a: Alignment, n: u32, start: i64, partial: usize): bool {
  const extents = extentsOf(a.call)
  const frames = wholeAt(a.call, INPUT_LENGTHS, n)
  if (frames < 0 || frames > <i64>extents.frames) return refuse(a, FRAMES, INPUT_LENGTHS, n, partial)
  const length = wholeAt(a.call, TARGET_LENGTHS, n)
  if (length < 0) return refuse(a, NEGATIVE, TARGET_LENGTHS, n, partial)
  const packed = extents.columns == 0
  const room = packed ? <i64>extents.labels - start : <i64>extents.columns
  if (start < 0 || length > room) return refuse(a, LONG, TARGET_LENGTHS, n, partial)
  if (packed && n == extents.samples - 1 && length < room) return refuse(a, SHORT, TARGET_LENGTHS, n, partial)
  a.frames = <u32>frames
  a.length = <u32>length
  a.first = <usize>n * a.classes
  return true
}

/** Reads the labels of sample `n`, as many as there is room for; false when one of them is refused. */
function readLabels (a: Alignment, n: u32, start: i64, partial: usize): bool {
  const columns = extentsOf(a.call).columns
  const most = extentsOf(a.call).most
  const first = columns == 0 ? <usize>start : <usize>n * columns
  for (let j: u32 = 0; j < a.length; j++) {
    const label = wholeAt(a.call, TARGETS, first + j)
    if (label < 0 || label >= <i64>a.classes) return refuse(a, OUTSIDE, TARGETS, first + j, partial)
    if (label == <i64>a.blank) return refuse(a, BLANK, TARGETS, first + j, partial)
    if (j < most) store<u32>(a.labels + (<usize>j << 2), <u32>label)
  }
  return true
}

function refuse (a: Alignment, code: u32, slot: u32, element: usize, partial: usize): bool {
  recordElement(a.call, code, slot, element, 0, partial)
  return false
}

/** The loss of sample `n`, its share of the sum, and its gradient. More labels than frames have no alignment. */
function sample<T extends number> (a: Alignment, n: u32, share: f64, partial: usize): void {
  const aligned = a.length <= a.frames
  if (aligned) compareLabels(a)
  const loss = aligned ? align<T>(a) : Infinity
  const dropped = optionsOf(a.call).zeroInfinity != 0 && loss == Infinity
  const value = dropped ? 0 : loss
  const divisor: f64 = extentsOf(a.call).perLabel != 0 ? max<f64>(a.length, 1) : 1
  store<f64>(partial, share * value / divisor, PARTIAL_SUM)
  store<f64>(partial, share, PARTIAL_WEIGHT)
  const out = <usize>load<u32>(a.call, CALL_LOSS)
  if (out != 0) storeSingle<T>(out, n, f64x2.splat(share * value))
  const gradient = gradientOf(operandAt(a.call, 0))
  if (gradient == 0) return
  const factor = share * upstreamAt<T>(a.call, n) * load<f64>(a.call, CALL_SCALE) / divisor
  if (dropped) a.frames = 0
  else if (aligned) differentiate<T>(a, loss, factor, gradient)
  else fillFrames<T>(a, 0, a.frames, NaN, gradient)
  fillFrames<T>(a, a.frames, extentsOf(a.call).frames, 0, gradient)
}

/** Sample `n` is masked: its loss and its gradient are 0. */
function leaveOut<T extends number> (a: Alignment, n: u32): void {
  const out = <usize>load<u32>(a.call, CALL_LOSS)
  const gradient = gradientOf(operandAt(a.call, 0))
  a.first = <usize>n * a.classes
  if (out != 0) storeSingle<T>(out, n, f64x2.splat(0))
  if (gradient != 0) fillFrames<T>(a, 0, extentsOf(a.call).frames, 0, gradient)
}

/** Sets the gradient of frames [from, to). */
function fillFrames<T extends number> (a: Alignment, from: u32, to: u32, value: f64, gradient: usize): void {
  fill(a.shares, a.classes, value)
  for (let t = from; t < to; t++) scatter<T>(a.shares, a.classes, 1, gradient + (a.first + <usize>t * a.step) * sizeof<T>(), 1)
}

export function ctc_f32 (call: usize): void { ctc<f32>(call) }
export function ctc_f64 (call: usize): void { ctc<f64>(call) }
