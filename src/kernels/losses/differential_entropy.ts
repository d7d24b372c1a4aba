import { log, scalarLog } from '../functions'
import { logOfBase, weighted } from '../rows/distribution'
import { weigh, weighBack } from '../rows/quadrature'
import { elementOf, numberAt, pairAt, pairOf, setElement, storeAt, total } from '../rows/row'
import { fill, refuse, Row, Rowwise, rowwise, spareRow } from '../rowwise'

/** Spare rows: intervals, weights, f·ln f, terms of a sum, ∂ of the intervals. */
const INTERVALS: u32 = 0
const WEIGHTS: u32 = 1
const SURPRISES: u32 = 2
const TERMS: u32 = 3
const SLOPES: u32 = 4

const NEGATIVE: u32 = 1
const NOT_INCREASING: u32 = 2

/** −∫ f·ln f / ln b by quadrature over a grid or steps of dx; `normalize` divides f by ∫ f first. */
@final @unmanaged class DifferentialEntropy<T extends number> extends Rowwise {
  method: f64
  dx: f64
  base: f64
  normalize: f64

  @inline value (row: Row): f64 {
    measure<T>(row, this.dx)
    if (row.fault != 0) return 0
    weigh(this.method != 0, spareRow(row, INTERVALS), row.n0, spareRow(row, WEIGHTS))
    return entropy<T>(row, this.normalize != 0) / logOfBase(this.base)
  }

  @inline gradient (row: Row): void {
    const factor = 1 / logOfBase(this.base)
    if (row.g0 != 0) slopesOfDensity<T>(row, this.normalize != 0, factor)
    if (row.g1 != 0) slopesOfGrid<T>(row, this.method != 0, this.normalize != 0, factor)
  }
}

/** Writes the intervals; refuses a negative density and a grid that does not increase. */
function measure<T extends number> (row: Row, dx: f64): void {
  const intervals = spareRow(row, INTERVALS)
  fill(intervals, row.n0, dx)
  for (let i: u32 = 0; i < row.n0; i++) {
    if (numberAt<T>(row.p0, i) < 0) return refuse(row, NEGATIVE, 0, i, numberAt<T>(row.p0, i))
    if (row.p1 == 0 || i == 0) continue
    const interval = numberAt<T>(row.p1, i) - numberAt<T>(row.p1, i - 1)
    if (!(interval > 0)) return refuse(row, NOT_INCREASING, 1, i, numberAt<T>(row.p1, i))
    setElement(intervals, i - 1, interval)
  }
}

/** −S, or ln Z − S/Z when normalised, with Z = ∫ f in row.a and S = ∫ f·ln f in row.b. */
function entropy<T extends number> (row: Row, normalized: bool): f64 {
  const n = row.n0
  for (let i: u32 = 0; i < n; i += 2) {
    const f = pairOf<T>(row.p0, i, n)
    storeAt(spareRow(row, SURPRISES), i, weighted(f, log(f), f))
  }
  row.a = integral<T>(row, row.p0)
  row.b = integral<f64>(row, spareRow(row, SURPRISES))
  return normalized ? scalarLog(row.a) - row.b / row.a : 0 - row.b
}

/** Σ w·y. */
function integral<T extends number> (row: Row, y: usize): f64 {
  const terms = spareRow(row, TERMS)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    storeAt(terms, i, f64x2.mul(pairAt(spareRow(row, WEIGHTS), i, row.n0), pairOf<T>(y, i, row.n0)))
  }
  return total(terms, row.n0)
}

/** −w·(ln f + 1), or w/Z·(S/Z − ln f) when normalised; 0 where w is. */
function slopesOfDensity<T extends number> (row: Row, normalized: bool, factor: f64): void {
  const n = row.n0
  const center = f64x2.splat(normalized ? row.b / row.a : -1)
  const scale = f64x2.splat(normalized ? factor / row.a : factor)
  for (let i: u32 = 0; i < n; i += 2) {
    const w = pairAt(spareRow(row, WEIGHTS), i, n)
    const slope = f64x2.mul(f64x2.mul(w, scale), f64x2.sub(center, log(pairOf<T>(row.p0, i, n))))
    storeAt(row.g0, i, v128.andnot(slope, f64x2.eq(w, f64x2.splat(0))))
  }
}

/** ∂ of the weights is −f·ln f, or (f·(1 + S/Z) − f·ln f)/Z when normalised; from there to intervals and points. */
function slopesOfGrid<T extends number> (row: Row, simpson: bool, normalized: bool, factor: f64): void {
  const n = row.n0
  const terms = spareRow(row, TERMS)
  const mass = f64x2.splat(1 + row.b / row.a)
  const scale = f64x2.splat(normalized ? factor / row.a : factor)
  for (let i: u32 = 0; i < n; i += 2) {
    const own = normalized ? f64x2.mul(pairOf<T>(row.p0, i, n), mass) : f64x2.splat(0)
    storeAt(terms, i, f64x2.mul(scale, f64x2.sub(own, pairAt(spareRow(row, SURPRISES), i, n))))
  }
  weighBack(simpson, spareRow(row, INTERVALS), terms, n, spareRow(row, SLOPES))
  const slopes = spareRow(row, SLOPES)
  for (let i: u32 = 0; i < n; i++) {
    const before = i > 0 ? elementOf(slopes, i - 1) : 0
    setElement(row.g1, i, before - (i + 1 < n ? elementOf(slopes, i) : 0))
  }
}

export function differential_entropy_f32 (call: usize): void { rowwise<DifferentialEntropy<f32>, f32>(call) }
export function differential_entropy_f64 (call: usize): void { rowwise<DifferentialEntropy<f64>, f64>(call) }
