import { elementOf, pairAt, scaleBy, scratchAt, setElement, storeAt, total } from '../rows/row'
import { fill, refuse, Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** How often each class is listed; a class's terms; what each class adds. */
const COUNTS: u32 = 0
const TERMS: u32 = 1
const SUMS: u32 = 2

/** 1/C·Σ_{j listed} Σ_{c not listed} max(0, 1 − x_j + x_c); PyTorch `F.multilabel_margin_loss`. NaN terms are left out. */
@final @unmanaged class MultilabelMargin extends Rowwise {
  value (row: Row): f64 {
    if (!countListed(row)) return 0
    const sums = spareRow(row, SUMS)
    for (let j: u32 = 0; j < row.n0; j++) {
      const times = elementOf(spareRow(row, COUNTS), j)
      setElement(sums, j, times == 0 ? 0 : times * sumBehind(row, j, false))
    }
    return total(sums, row.n0) / <f64>row.n0
  }

  gradient (row: Row): void {
    fill(row.g0, row.n0, 0)
    for (let j: u32 = 0; j < row.n0; j++) {
      const times = elementOf(spareRow(row, COUNTS), j)
      if (times != 0) addSlopes(row, j, times)
    }
    scaleBy(row.g0, row.n0, 1 / <f64>row.n0)
  }
}

/** Counts the indices up to the first −1; whether all, those behind it too, are −1 or name a class. */
function countListed (row: Row): bool {
  const counts = spareRow(row, COUNTS)
  let ended = false
  fill(counts, row.n0, 0)
  for (let i: u32 = 0; i < row.n0; i++) {
    const label = elementOf(row.p1, i)
    if (label < -1 || label >= <f64>row.n0) {
      refuse(row, 1, 1, i, label)
      return false
    }
    ended = ended || label < 0
    if (!ended) setElement(counts, <u32>label, elementOf(counts, <u32>label) + 1)
  }
  return true
}

/** Σ over the classes that are not listed, of those within 1 of class `j`, of 1 − x_j + x_c, or of 1. */
function sumBehind (row: Row, j: u32, counting: bool): f64 {
  const base = f64x2.splat(1 - elementOf(row.p0, j))
  const zero = f64x2.splat(0)
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const z = f64x2.add(base, pairAt(row.p0, i, row.n0))
    const within = v128.and(f64x2.gt(z, zero), f64x2.eq(scratchAt(spareRow(row, COUNTS), i), zero))
    storeAt(spareRow(row, TERMS), i, v128.and(within, counting ? f64x2.splat(1) : z))
  }
  return total(spareRow(row, TERMS), row.n0)
}

/** What class `j`, listed so many times, adds to the gradient, times C. */
function addSlopes (row: Row, j: u32, times: f64): void {
  setElement(row.g0, j, -times * sumBehind(row, j, true))
  for (let i: u32 = 0; i < row.n0; i += 2) {
    const more = f64x2.mul(scratchAt(spareRow(row, TERMS), i), f64x2.splat(times))
    storeAt(row.g0, i, f64x2.add(scratchAt(row.g0, i), more))
  }
}

export function multilabel_margin_f32 (call: usize): void { wideRowwise<MultilabelMargin, f32>(call) }
export function multilabel_margin_f64 (call: usize): void { wideRowwise<MultilabelMargin, f64>(call) }
