import { mostOf, shareMost } from '../rows/most'
import { pairAt, scratchAt, storeAt, total } from '../rows/row'
import { Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** (1 − y)·x, y·x, and the shares of the former in their greatest. */
const OTHERS: u32 = 0
const OWN: u32 = 1
const SHARES: u32 = 2

/** max(0, 1 + max_c(1 − y_c)·x_c − Σ y_c·x_c); Keras `categorical_hinge`. */
@final @unmanaged class CategoricalHinge extends Rowwise {
  value (row: Row): f64 {
    const n = row.n0
    for (let i: u32 = 0; i < n; i += 2) {
      const x = pairAt(row.p0, i, n)
      const y = pairAt(row.p1, i, n)
      storeAt(spareRow(row, OTHERS), i, f64x2.mul(f64x2.sub(f64x2.splat(1), y), x))
      storeAt(spareRow(row, OWN), i, f64x2.mul(y, x))
    }
    row.a = mostOf(spareRow(row, OTHERS), n)
    row.b = row.a - total(spareRow(row, OWN), n) + 1
    return row.b < 0 ? 0 : row.b
  }

  /** Where the hinge is active: ∂x_c = s_c·(1 − y_c) − y_c and ∂y_c = −s_c·x_c − x_c, with the shares s. */
  gradient (row: Row): void {
    const n = row.n0
    const active = f64x2.splat(row.b >= 0 ? 1 : 0)
    shareMost(spareRow(row, OTHERS), n, row.a, spareRow(row, SHARES))
    for (let i: u32 = 0; i < n; i += 2) {
      const y = pairAt(row.p1, i, n)
      const share = f64x2.mul(active, scratchAt(spareRow(row, SHARES), i))
      const input = f64x2.sub(f64x2.mul(share, f64x2.sub(f64x2.splat(1), y)), f64x2.mul(active, y))
      if (row.g0 != 0) storeAt(row.g0, i, input)
      if (row.g1 != 0) storeAt(row.g1, i, f64x2.neg(f64x2.mul(f64x2.add(share, active), pairAt(row.p0, i, n))))
    }
  }
}

export function categorical_hinge_f32 (call: usize): void { wideRowwise<CategoricalHinge, f32>(call) }
export function categorical_hinge_f64 (call: usize): void { wideRowwise<CategoricalHinge, f64>(call) }
