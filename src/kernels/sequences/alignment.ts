// All alignments of a sample's frames with its labels, in logarithms (Graves et al. 2006). States are the labels with a blank
// before, between and behind them: s = 2j + 1 is label j, even ones are blank. α_t(s) is the probability of frames 0 … t
// that end in s, β_t(s) that of frames t … that begin in s; both have frame t's log-probability in them. Two states at a time, a
// blank and the label behind it; the blank behind the last label has nothing beside it but what nobody reads.
import { exp, log1p } from '../functions'
import { decay } from '../functions/decay'
import { codeOf, addressOf, dtypeOf, elementAt, gather, operandAt, scatter } from '../operand'
import { fill } from '../rowwise'

/** One sample, and where its rows are. A row of states has two cells before it and three behind it that hold −∞. */
@unmanaged export class Alignment {
  call: usize
  /** Frames and labels of the sample, and its first log-probability. */
  frames: u32
  length: u32
  first: usize
  /** Log-probabilities from frame to frame, of a frame, and which of them is the blank's. */
  step: usize
  classes: u32
  blank: u32
  /** Labels, i32; pairs of masks that let α skip a blank; log-probabilities of the states of a frame. */
  labels: usize
  skips: usize
  emissions: usize
  /** Rows of α, of which every frame has one where they are kept, and β of one frame. */
  alphas: usize
  pitch: usize
  kept: bool
  betas: usize
  /** Log-probabilities of a frame, and what its labels take of them. */
  row: usize
  shares: usize
}

/** Bytes of states that a row of `length` labels has, with the cells before and behind them. */
// @ts-ignore: decorator
@inline function rowSize (length: u32): usize { return (<usize>length * 2 + 6) << 3 }

/** Lays rows for up to `most` labels out from `top` on. */
export function layOut (a: Alignment, most: u32, frames: u32, top: usize): void {
  const size = rowSize(most)
  a.pitch = a.kept ? size : 0
  a.labels = top
  a.skips = top + (<usize>most << 3)
  a.emissions = a.skips + size
  a.betas = a.emissions + size + 16
  a.alphas = a.betas + size
  a.row = a.alphas - 16 + (a.kept ? <usize>frames : 1) * size
  a.shares = a.row + (((<usize>a.classes + 1) & ~1) << 3)
}

// @ts-ignore: decorator
@inline function labelAt (a: Alignment, j: u32): u32 { return load<u32>(a.labels + (<usize>j << 2)) }
// @ts-ignore: decorator
@inline function alphaRow (a: Alignment, t: u32): usize { return a.alphas + <usize>t * a.pitch }
// @ts-ignore: decorator
@inline function cell (row: usize, s: i32): usize { return row + (<isize>s << 3) }

/** Sets which labels differ from the one before. */
export function compareLabels (a: Alignment): void {
  for (let j: u32 = 0; j <= a.length; j++) {
    const skips = j > 0 && j < a.length && labelAt(a, j) != labelAt(a, j - 1)
    v128.store(a.skips + (<usize>j << 4), i64x2.replace_lane(i64x2.splat(0), 1, skips ? -1 : 0))
  }
  v128.store(a.skips + (<usize>a.length << 4) + 16, i64x2.splat(0))
}

/** ln(e^a + e^b + e^c). */
// @ts-ignore: decorator
@inline function logSum (a: v128, b: v128, c: v128): v128 {
  const high = f64x2.max(a, b)
  const most = f64x2.max(high, c)
  const rest = f64x2.add(decay(f64x2.sub(f64x2.min(a, b), most)), decay(f64x2.sub(f64x2.min(high, c), most)))
  // An infinite greatest has no logarithm but −∞.
  const sum = f64x2.add(most, log1p(f64x2.add(f64x2.sub(most, most), rest)))
  return v128.bitselect(most, sum, f64x2.eq(most, f64x2.splat(-Infinity)))
}

/** Log-probability `at`, rounded to T. */
// @ts-ignore: decorator
@inline function logAt<T extends number> (operand: usize, at: usize): f64 {
  return dtypeOf(operand) == codeOf<T>()
    ? <f64>load<T>(addressOf(operand) + at * sizeof<T>())
    : <f64><T>elementAt(addressOf(operand), dtypeOf(operand), at)
}

/** Lays out the log-probabilities of the states of frame `t`. */
function emit<T extends number> (a: Alignment, t: u32): void {
  const operand = operandAt(a.call, 0)
  const first = a.first + <usize>t * a.step
  const blank = f64x2.splat(logAt<T>(operand, first + a.blank))
  for (let j: u32 = 0; j < a.length; j++) {
    v128.store(a.emissions + (<usize>j << 4), f64x2.replace_lane(blank, 1, logAt<T>(operand, first + labelAt(a, j))))
  }
  v128.store(a.emissions + (<usize>a.length << 4), blank)
}

/** Sets the states of a row and the cells around them to −∞, but `count` states from `s` on, to their emissions. */
function begin (a: Alignment, row: usize, s: i32, count: u32): void {
  fill(cell(row, -2), 2 * a.length + 6, -Infinity)
  for (let i: u32 = 0; i < count; i++) store<f64>(cell(row, s + i), load<f64>(cell(a.emissions, s + i)))
}

/** α of all frames; gives ℓ. */
export function align<T extends number> (a: Alignment): f64 {
  if (a.frames == 0) return a.length == 0 ? 0 : Infinity
  emit<T>(a, 0)
  begin(a, a.alphas, 0, a.length > 0 ? 2 : 1)
  for (let t: u32 = 1; t < a.frames; t++) {
    emit<T>(a, t)
    if (a.kept) fill(cell(alphaRow(a, t), -2), 2, -Infinity)
    advance(a, alphaRow(a, t - 1), alphaRow(a, t))
  }
  const last = cell(alphaRow(a, a.frames - 1), 2 * a.length)
  const sums = logSum(v128.load64_splat(last), v128.load64_splat(last - 8), f64x2.splat(-Infinity))
  return -f64x2.extract_lane(sums, 0)
}

/** α of a frame from the one before; from the last state on, so that both may be the same row. */
function advance (a: Alignment, before: usize, row: usize): void {
  const none = f64x2.splat(-Infinity)
  for (let s: i32 = 2 * a.length; s >= 0; s -= 2) {
    const from = cell(before, s)
    const skipped = v128.bitselect(v128.load(from - 16), none, v128.load(cell(a.skips, s)))
    const sum = logSum(v128.load(from), v128.load(from - 8), skipped)
    v128.store(cell(row, s), f64x2.add(sum, v128.load(cell(a.emissions, s))))
  }
}

/** β of a frame from the one behind it, in place. */
function retreat (a: Alignment): void {
  const none = f64x2.splat(-Infinity)
  for (let s: i32 = 0; s <= <i32>(2 * a.length); s += 2) {
    const at = cell(a.betas, s)
    const skipped = v128.bitselect(v128.load(at, 16), none, v128.load(cell(a.skips, s + 2)))
    const sum = logSum(v128.load(at), v128.load(at, 8), skipped)
    v128.store(at, f64x2.add(sum, v128.load(cell(a.emissions, s))))
  }
  store<f64>(cell(a.betas, 2 * a.length + 1), -Infinity)
}

/** Writes the gradient of every frame, times `factor`, to the tensor at `to`. */
export function differentiate<T extends number> (a: Alignment, loss: f64, factor: f64, to: usize): void {
  for (let t = a.frames; t-- > 0;) {
    emit<T>(a, t)
    if (t == a.frames - 1) begin(a, a.betas, a.length > 0 ? 2 * a.length - 1 : 0, a.length > 0 ? 2 : 1)
    else retreat(a)
    share(a, t, loss)
    const first = a.first + <usize>t * a.step
    const operand = operandAt(a.call, 0)
    gather<T>(addressOf(operand), dtypeOf(operand), first, 1, a.classes, a.row)
    subtract(a, loss)
    scatter<T>(a.shares, a.classes, factor, to + first * sizeof<T>(), 1)
  }
}

/** Sums what the states of every class have of frame `t`: e^(α + β + ℓ − lp), which is at most 1. */
function share (a: Alignment, t: u32, loss: f64): void {
  fill(a.shares, a.classes, 0)
  const row = alphaRow(a, t)
  let blanks: f64 = 0
  for (let j: u32 = 0; j <= a.length; j++) {
    const at = <usize>j << 4
    const joint = f64x2.add(v128.load(row + at), v128.load(a.betas + at))
    const part = exp(f64x2.sub(f64x2.add(joint, f64x2.splat(loss)), v128.load(a.emissions + at)))
    blanks += f64x2.extract_lane(part, 0)
    if (j < a.length) addTo(a.shares + (<usize>labelAt(a, j) << 3), f64x2.extract_lane(part, 1))
  }
  addTo(a.shares + (<usize>a.blank << 3), blanks)
}

// @ts-ignore: decorator
@inline function addTo (at: usize, term: f64): void { store<f64>(at, load<f64>(at) + term) }

/** e^lp less the shares. Classes that no state has are given e^(−∞ + ℓ − lp), which is 0 or NaN. */
function subtract (a: Alignment, loss: f64): void {
  const none = f64x2.splat(loss - Infinity)
  for (let at: usize = 0; at < <usize>a.classes << 3; at += 16) {
    const log = v128.load(a.row + at)
    const nothing = f64x2.sub(none, log)
    const absent = v128.and(f64x2.ne(nothing, nothing), f64x2.splat(NaN))
    v128.store(a.shares + at, f64x2.sub(exp(log), f64x2.add(v128.load(a.shares + at), absent)))
  }
}
