import { leadOf, slopesOfLead } from '../rows/lead'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** max_c(x_c + [c ≠ y]) − x_y; optax `multiclass_hinge_loss`. */
@final @unmanaged class MulticlassHinge extends Rowwise {
  value (row: Row): f64 { return leadOf(row, 1) }

  gradient (row: Row): void { slopesOfLead(row) }
}

export function multiclass_hinge_f32 (call: usize): void { wideRowwise<MulticlassHinge, f32>(call) }
export function multiclass_hinge_f64 (call: usize): void { wideRowwise<MulticlassHinge, f64>(call) }
