import { distance, distanceSlopes } from '../rows/distance'
import { elementOf, scaleBy, setElement } from '../rows/row'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** factor·(y·d² + (1 − y)·max(0, margin − d)²) of a Euclidean distance d, or the same without squares. */
@final @unmanaged class Contrastive extends Rowwise {
  margin: f64
  factor: f64
  eps: f64
  squared: f64

  value (row: Row): f64 {
    const label = elementOf(row.p2, 0)
    const d = distance<f64>(row, row.p0, row.p1, 2, this.eps)
    const gap = this.margin - d
    const r = gap < 0 ? 0 : gap
    row.a = d
    row.b = r
    return this.factor * (this.squared != 0 ? label * (d * d) + (1 - label) * (r * r) : label * d + (1 - label) * r)
  }

  gradient (row: Row): void {
    const label = elementOf(row.p2, 0)
    const near = this.squared != 0 ? row.b : this.margin - row.a >= 0 ? 1 : 0
    const far = this.squared != 0 ? row.a : 1
    const slope = this.factor * (this.squared != 0 ? 2 : 1) * (label * far - (1 - label) * near)
    if (row.g0 != 0) slopes(row, this.eps, slope, 1, row.g0)
    if (row.g1 != 0) slopes(row, this.eps, slope, -1, row.g1)
    if (row.g2 != 0) setElement(row.g2, 0, this.factor * (row.a - row.b) * (this.squared != 0 ? row.a + row.b : 1))
  }
}

/** ±`slope` times those of the distance. */
function slopes (row: Row, eps: f64, slope: f64, sign: f64, to: usize): void {
  distanceSlopes<f64>(row, row.p0, row.p1, 2, eps, row.a, sign, to)
  scaleBy(to, row.n0, slope)
}

export function contrastive_f32 (call: usize): void { wideRowwise<Contrastive, f32>(call) }
export function contrastive_f64 (call: usize): void { wideRowwise<Contrastive, f64>(call) }
