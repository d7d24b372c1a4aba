// The focal loss of logits; torchvision `sigmoid_focal_loss`.
import { FocalOfLogits } from '../focal/logits'
import { setLimit } from '../focal/parts'
import { slotwise } from '../slotwise'

/** With the limit that follows from the options. */
function sigmoidFocal<T extends number> (call: usize): void {
  setLimit(call)
  slotwise<FocalOfLogits, T>(call)
}

export function sigmoid_focal_f32 (call: usize): void { sigmoidFocal<f32>(call) }
export function sigmoid_focal_f64 (call: usize): void { sigmoidFocal<f64>(call) }
