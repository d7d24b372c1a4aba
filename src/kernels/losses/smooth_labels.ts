import { pairAt, storeAt } from '../rows/row'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** (1 − α)·y + α/C; optax `smooth_labels`. */
@final @unmanaged class SmoothLabels extends Rowwise {
  alpha: f64

  value (row: Row): f64 {
    const n = row.n0
    const own = f64x2.splat(1 - this.alpha)
    const share = f64x2.splat(this.alpha / <f64>n)
    for (let i: u32 = 0; i < n; i += 2) storeAt(row.out, i, f64x2.add(f64x2.mul(own, pairAt(row.p0, i, n)), share))
    return 0
  }

  gradient (row: Row): void {
    const own = f64x2.splat(1 - this.alpha)
    for (let i: u32 = 0; i < row.n0; i += 2) storeAt(row.g0, i, f64x2.mul(own, pairAt(row.up, i, row.n0)))
  }
}

export function smooth_labels_f32 (call: usize): void { wideRowwise<SmoothLabels, f32>(call) }
export function smooth_labels_f64 (call: usize): void { wideRowwise<SmoothLabels, f64>(call) }
