import { measure, missedOf, pullBack, slopesOfMissed } from '../rows/boxes'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** 1 − I/(U + ε). */
@final @unmanaged class Iou extends Rowwise {
  eps: f64

  value (row: Row): f64 {
    measure(row)
    return missedOf(row, this.eps)
  }

  gradient (row: Row): void {
    slopesOfMissed(row, this.eps, 0)
    pullBack(row)
  }
}

export function iou_f32 (call: usize): void { wideRowwise<Iou, f32>(call) }
export function iou_f64 (call: usize): void { wideRowwise<Iou, f64>(call) }
