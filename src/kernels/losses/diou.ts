import { measure, missedOf, pullBack, separationOf, slopesOfMissed, slopesOfSeparation } from '../rows/boxes'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** 1 − I/(U + ε) + ρ²/(c² + ε); torchvision `distance_box_iou_loss`. */
@final @unmanaged class Diou extends Rowwise {
  eps: f64

  value (row: Row): f64 {
    measure(row)
    return missedOf(row, this.eps) + separationOf(row, this.eps)
  }

  gradient (row: Row): void {
    slopesOfMissed(row, this.eps, 0)
    slopesOfSeparation(row, this.eps)
    pullBack(row)
  }
}

export function diou_f32 (call: usize): void { wideRowwise<Diou, f32>(call) }
export function diou_f64 (call: usize): void { wideRowwise<Diou, f64>(call) }
