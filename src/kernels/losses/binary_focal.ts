// The focal loss of probabilities or logits; Keras `binary_focal_crossentropy`.
import { FocalOfLogits } from '../focal/logits'
import { Focal, setLimit } from '../focal/parts'
import { FocalOfProbabilities } from '../focal/probabilities'
import { CALL_OPTIONS } from '../layout'
import { slotwise } from '../slotwise'

/** Of logits or probabilities, as the option says. */
function binaryFocal<T extends number> (call: usize): void {
  setLimit(call)
  if (changetype<Focal>(call + CALL_OPTIONS).fromLogits != 0) slotwise<FocalOfLogits, T>(call)
  else slotwise<FocalOfProbabilities, T>(call)
}

export function binary_focal_f32 (call: usize): void { binaryFocal<f32>(call) }
export function binary_focal_f64 (call: usize): void { binaryFocal<f64>(call) }
