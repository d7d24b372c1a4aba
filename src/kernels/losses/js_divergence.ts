import { log, log1p, tanh } from '../functions'
import { logOfBase, PROBABILITIES, SCORES, weighted } from '../rows/distribution'
import { LOG_P, LOG_Q, P, Q, readBoth, TERMS } from '../rows/pair'
import { pairAt, scaleBy, scratchAt, storeAt, total } from '../rows/row'
import { pullBack, scoresOf } from '../rows/softmax'
import { Row, Rowwise, spareRow, wideRowwise } from '../rowwise'
import { within } from '../slots/clip'

/** ½ Σ p·ln(p/m) + q·ln(q/m), m = (p + q)/2, over ln b, or its root; the square of SciPy's `jensenshannon`. */
@final @unmanaged class JsDivergence extends Rowwise {
  base: f64
  inputKind: f64
  validate: f64
  sqrt: f64

  value (row: Row): f64 {
    readBoth<f64>(row, this.inputKind, this.validate != 0)
    const divergence = 0.5 * divergenceOf(row, this.inputKind) / logOfBase(this.base)
    row.a = this.sqrt != 0 ? Math.sqrt(divergence) : 0
    return this.sqrt != 0 ? row.a : divergence
  }

  gradient (row: Row): void {
    const factor = 0.5 / logOfBase(this.base)
    const scale = this.sqrt != 0 ? factor / (2 * row.a) : factor
    if (row.g0 != 0) slopes(row, this.inputKind, 0, scale, row.g0)
    if (row.g1 != 0) slopes(row, this.inputKind, 1, scale, row.g1)
  }
}

/** δ = (p − q)/(p + q), which is tanh(½·ln(p/q)): from logarithms where these came and are near. */
function contrast (row: Row, i: u32, form: f64): v128 {
  const p = scratchAt(spareRow(row, P), i)
  const q = scratchAt(spareRow(row, Q), i)
  const direct = f64x2.div(f64x2.sub(p, q), f64x2.add(p, q))
  if (form == PROBABILITIES) return direct
  const shift = f64x2.splat(scoresOf(row, 0).log - scoresOf(row, 1).log)
  const ratio = f64x2.sub(f64x2.sub(scratchAt(spareRow(row, LOG_P), i), scratchAt(spareRow(row, LOG_Q), i)), shift)
  return v128.bitselect(tanh(f64x2.mul(f64x2.splat(0.5), ratio)), direct, within(ratio, -1, 1))
}

/** Σ p·ln(p/m) + q·ln(q/m); these logarithms replace ln p and ln q. */
function divergenceOf (row: Row, form: f64): f64 {
  for (let i: u32 = 0; i < row.n0; i += 2) compare(row, i, contrast(row, i, form))
  return total(spareRow(row, TERMS), row.n0)
}

/** Up to |δ| = ½ a term is m·(2δ·atanh δ + ln(1 − δ²)), which loses nothing where p and q are nearly equal. */
function compare (row: Row, i: u32, delta: v128): void {
  const zero = f64x2.splat(0)
  const p = scratchAt(spareRow(row, P), i)
  const q = scratchAt(spareRow(row, Q), i)
  const m = f64x2.mul(f64x2.splat(0.5), f64x2.add(p, q))
  const near = within(delta, -0.5, 0.5)
  const empty = v128.and(f64x2.eq(p, zero), f64x2.eq(q, zero))
  const shareP = f64x2.div(p, m)
  const shareQ = f64x2.div(q, m)
  const a = v128.bitselect(log1p(delta), log(shareP), near)
  const b = v128.bitselect(log1p(f64x2.neg(delta)), log(shareQ), near)
  const far = f64x2.add(weighted(p, a, shareP), weighted(q, b, shareQ))
  const close = f64x2.add(f64x2.mul(delta, f64x2.sub(a, b)), log1p(f64x2.neg(f64x2.mul(delta, delta))))
  storeAt(spareRow(row, TERMS), i, v128.andnot(v128.bitselect(f64x2.mul(m, close), far, near), empty))
  storeAt(spareRow(row, LOG_P), i, v128.andnot(a, empty))
  storeAt(spareRow(row, LOG_Q), i, v128.andnot(b, empty))
}

/** ½·ln(p/m); to logarithms through p·∂p, which is 0 where p is, and on to scores. `side` is 0 for p, 1 for q. */
function slopes (row: Row, form: f64, side: u32, scale: f64, gradient: usize): void {
  const n = row.n0
  const own = spareRow(row, side == 0 ? P : Q)
  const other = spareRow(row, side == 0 ? Q : P)
  const logs = spareRow(row, side == 0 ? LOG_P : LOG_Q)
  for (let i: u32 = 0; i < n; i += 2) {
    const slope = pairAt(logs, i, n)
    const weightedSlope = weighted(scratchAt(own, i), slope, scratchAt(other, i))
    storeAt(gradient, i, form == PROBABILITIES ? slope : form == SCORES ? f64x2.neg(weightedSlope) : weightedSlope)
  }
  if (form == SCORES) pullBack(scoresOf(row, side), own, 1, gradient, n, gradient)
  scaleBy(gradient, n, scale)
}

export function js_divergence_f32 (call: usize): void { wideRowwise<JsDivergence, f32>(call) }
export function js_divergence_f64 (call: usize): void { wideRowwise<JsDivergence, f64>(call) }
