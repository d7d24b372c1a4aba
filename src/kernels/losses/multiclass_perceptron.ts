import { leadOf, slopesOfLead } from '../rows/lead'
import { Row, Rowwise, wideRowwise } from '../rowwise'

/** max_c x_c − x_y; optax `multiclass_perceptron_loss`. */
@final @unmanaged class MulticlassPerceptron extends Rowwise {
  value (row: Row): f64 { return leadOf(row, 0) }

  gradient (row: Row): void { slopesOfLead(row) }
}

export function multiclass_perceptron_f32 (call: usize): void { wideRowwise<MulticlassPerceptron, f32>(call) }
export function multiclass_perceptron_f64 (call: usize): void { wideRowwise<MulticlassPerceptron, f64>(call) }
