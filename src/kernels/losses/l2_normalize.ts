import { elementOf, greatest, pairAt, scratchAt, setElement, storeAt, total } from '../rows/row'
import { Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** |v|; terms of a sum. */
const MAGNITUDES: u32 = 0
const TERMS: u32 = 1

/** v / max(‖v‖, ε); PyTorch `F.normalize`. */
@final @unmanaged class L2Normalize extends Rowwise {
  eps: f64

  value (row: Row): f64 {
    const n = row.n0
    row.a = norm(row)
    const divisor = f64x2.splat(row.a < this.eps ? this.eps : row.a)
    for (let i: u32 = 0; i < n; i += 2) storeAt(row.out, i, f64x2.div(pairAt(row.p0, i, n), divisor))
    return 0
  }

  gradient (row: Row): void {
    const n = row.n0
    if (n == 0) return
    if (!(row.a < this.eps)) return project(row)
    const divisor = f64x2.splat(this.eps)
    for (let i: u32 = 0; i < n; i += 2) storeAt(row.g0, i, f64x2.div(pairAt(row.up, i, n), divisor))
  }
}

/** ‖v‖, in units of the greatest magnitude, so that no square overflows; row.b is where that is. */
function norm (row: Row): f64 {
  const n = row.n0
  if (n == 0) return 0
  const magnitudes = spareRow(row, MAGNITUDES)
  for (let i: u32 = 0; i < n; i += 2) storeAt(magnitudes, i, f64x2.abs(pairAt(row.p0, i, n)))
  const at = greatest(magnitudes, n)
  const most = elementOf(magnitudes, at)
  row.b = at
  if (most == 0 || !(most < Infinity)) return most
  for (let i: u32 = 0; i < n; i += 2) {
    const ratio = f64x2.div(scratchAt(magnitudes, i), f64x2.splat(most))
    storeAt(spareRow(row, TERMS), i, f64x2.mul(ratio, ratio))
  }
  return most * Math.sqrt(total(spareRow(row, TERMS), n))
}

/** (g − u·Σ g·u)/‖v‖; for the greatest component k it is (g_k·Σ_{c≠k} u² − u_k·Σ_{c≠k} g·u)/‖v‖. */
function project (row: Row): void {
  const n = row.n0
  const at = <u32>row.b
  const own = elementOf(row.out, at)
  const up = elementOf(row.up, at)
  const squares = othersOf(row, row.out, at)
  const others = othersOf(row, row.up, at)
  const length = f64x2.splat(row.a)
  const all = f64x2.splat(others + up * own)
  for (let i: u32 = 0; i < n; i += 2) {
    const along = f64x2.mul(pairAt(row.out, i, n), all)
    storeAt(row.g0, i, f64x2.div(f64x2.sub(pairAt(row.up, i, n), along), length))
  }
  setElement(row.g0, at, (up * squares - own * others) / row.a)
}

/** Σ_{c≠k} a·u. */
function othersOf (row: Row, a: usize, k: u32): f64 {
  const terms = spareRow(row, TERMS)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    storeAt(terms, i, f64x2.mul(pairAt(a, i, row.n0), pairAt(row.out, i, row.n0)))
  }
  setElement(terms, k, 0)
  return total(terms, row.n0)
}

export function l2_normalize_f32 (call: usize): void { wideRowwise<L2Normalize, f32>(call) }
export function l2_normalize_f64 (call: usize): void { wideRowwise<L2Normalize, f64>(call) }
