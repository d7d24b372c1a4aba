import { classOf, classWeight } from '../rows/classes'
import { elementOf, pairAt, setElement, storeAt, total } from '../rows/row'
import { Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** Spare row of the terms. */
const TERMS: u32 = 0

/** 1/C·Σ_{c ≠ y} w_y·max(0, margin − x_y + x_c)^p; PyTorch `F.multi_margin_loss`. What is not above 0, NaN too, is left out. */
@final @unmanaged class MultiMargin extends Rowwise {
  p: f64
  margin: f64

  value (row: Row): f64 {
    const y = classOf(row, NaN)
    if (y < 0) return 0
    row.a = this.margin - elementOf(row.p0, y)
    row.b = classWeight<f64>(row, y)
    const terms = spareRow(row, TERMS)
    for (let i: u32 = 0; i < row.n0; i += 2) {
      const z = f64x2.add(f64x2.splat(row.a), pairAt(row.p0, i, row.n0))
      storeAt(terms, i, above(z, f64x2.mul(this.p == 1 ? z : f64x2.mul(z, z), f64x2.splat(row.b))))
    }
    setElement(terms, y, 0)
    return total(terms, row.n0) / <f64>row.n0
  }

  gradient (row: Row): void {
    const y = <u32>elementOf(row.p1, 0)
    const share = f64x2.splat(row.b / <f64>row.n0)
    for (let i: u32 = 0; i < row.n0; i += 2) {
      const z = f64x2.add(f64x2.splat(row.a), pairAt(row.p0, i, row.n0))
      storeAt(row.g0, i, above(z, this.p == 1 ? share : f64x2.mul(f64x2.add(z, z), share)))
    }
    setElement(row.g0, y, 0)
    setElement(row.g0, y, -total(row.g0, row.n0))
  }
}

/** `value` where z > 0, else 0. */
// @ts-ignore: decorator
@inline function above (z: v128, value: v128): v128 { return v128.and(f64x2.gt(z, f64x2.splat(0)), value) }

export function multi_margin_f32 (call: usize): void { wideRowwise<MultiMargin, f32>(call) }
export function multi_margin_f64 (call: usize): void { wideRowwise<MultiMargin, f64>(call) }
