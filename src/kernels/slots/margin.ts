// Losses whose first option is a margin, at which their slope jumps.
import { CALL_OPTIONS } from '../layout'

/**
 * Puts the margin as T has it behind the margin: a difference of numbers of T can meet that one exactly, so that it
 * decides on which side of the jump an entry lies, as in PyTorch.
 */
export function setEdge<T extends number> (call: usize): void {
  store<f64>(call, <f64><T>load<f64>(call, CALL_OPTIONS), CALL_OPTIONS + sizeof<f64>())
}
