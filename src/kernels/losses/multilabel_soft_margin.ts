import { sigmoid, softplus } from '../functions'
import { extentOf } from '../rows/call'
import { pairAt, scaleBy, scratchAt, storeAt, total } from '../rows/row'
import { Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** The extent that holds the number of classes. */
const CLASSES: usize = 1

/** Losses of the labels, without their weights; the same with them. */
const LOSSES: u32 = 0
const TERMS: u32 = 1

/** Σ w·(y·ln(1 + e^−x) + (1 − y)·ln(1 + e^x)) / C; PyTorch `F.multilabel_soft_margin_loss`. */
@final @unmanaged class MultilabelSoftMargin extends Rowwise {
  value (row: Row): f64 {
    const n = row.n0
    for (let i: u32 = 0; i < n; i += 2) {
      const loss = lossOf(pairAt(row.p0, i, n), pairAt(row.p1, i, n))
      storeAt(spareRow(row, LOSSES), i, loss)
      storeAt(spareRow(row, TERMS), i, f64x2.mul(weightAt(row, i), loss))
    }
    return total(spareRow(row, TERMS), n) / <f64>extentOf(changetype<usize>(this), CLASSES)
  }

  gradient (row: Row): void {
    const share = 1 / <f64>extentOf(changetype<usize>(this), CLASSES)
    const n = row.n0
    for (let i: u32 = 0; i < n; i += 2) {
      const x = pairAt(row.p0, i, n)
      if (row.g0 != 0) storeAt(row.g0, i, f64x2.mul(weightAt(row, i), slope(x, pairAt(row.p1, i, n))))
      if (row.g1 != 0) storeAt(row.g1, i, f64x2.neg(f64x2.mul(weightAt(row, i), x)))
      if (row.g2 != 0) storeAt(row.g2, i, scratchAt(spareRow(row, LOSSES), i))
    }
    if (row.g0 != 0) scaleBy(row.g0, n, share)
    if (row.g1 != 0) scaleBy(row.g1, n, share)
    if (row.g2 != 0) scaleBy(row.g2, n, share)
  }
}

/** The weights of two labels, 1 where they were left out. */
// @ts-ignore: decorator
@inline function weightAt (row: Row, i: u32): v128 {
  return row.p2 == 0 ? f64x2.splat(1) : pairAt(row.p2, i, row.n0)
}

function lossOf (x: v128, y: v128): v128 {
  const other = f64x2.sub(f64x2.splat(1), y)
  return f64x2.add(f64x2.mul(y, softplus(f64x2.neg(x))), f64x2.mul(other, softplus(x)))
}

/** σ(x) − y as (1 − y)·σ(x) − y·σ(−x), which does not cancel where y is 0 or 1. */
function slope (x: v128, y: v128): v128 {
  const other = f64x2.sub(f64x2.splat(1), y)
  return f64x2.sub(f64x2.mul(other, sigmoid(x)), f64x2.mul(y, sigmoid(f64x2.neg(x))))
}

export function multilabel_soft_margin_f32 (call: usize): void { wideRowwise<MultilabelSoftMargin, f32>(call) }
export function multilabel_soft_margin_f64 (call: usize): void { wideRowwise<MultilabelSoftMargin, f64>(call) }
