import { areasOf, measure, missedOf, pullBack, slopesOfMissed, spanOf } from '../rows/boxes'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** 1 − I/(U + ε) + (C − U)/(C + ε); torchvision `generalized_box_iou_loss`. */
@final @unmanaged class Giou extends Rowwise {
  eps: f64

  value (row: Row): f64 {
    measure(row)
    return missedOf(row, this.eps) + areasOf(row).besides / (hullOf(row) + this.eps)
  }

  gradient (row: Row): void {
    const hull = hullOf(row) + this.eps
    const byHull = (areasOf(row).union + this.eps) / hull / hull
    slopesOfMissed(row, this.eps, -1 / hull)
    spanOf(row, 0).byHull = byHull * spanOf(row, 1).hull
    spanOf(row, 1).byHull = byHull * spanOf(row, 0).hull
    pullBack(row)
  }
}

/** The area of the box that encloses both. */
function hullOf (row: Row): f64 { return spanOf(row, 0).hull * spanOf(row, 1).hull }

export function giou_f32 (call: usize): void { wideRowwise<Giou, f32>(call) }
export function giou_f64 (call: usize): void { wideRowwise<Giou, f64>(call) }
