// Adds up the shares of entries: what a mean is divided by when a request brings sample_weight or mask, known before
// anything else is read.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_PARTIALS, CALL_TO, PARTIAL_SIZE, PARTIAL_WEIGHT } from '../layout'
import { shareOf } from '../shares'

function addShares<T extends number> (call: usize): void {
  const size = load<u32>(call, CALL_BLOCK)
  for (let b = load<u32>(call, CALL_FROM); b < load<u32>(call, CALL_TO); b++) {
    const end = min<u32>(load<u32>(call, CALL_COUNT), (b + 1) * size)
    let weight: f64 = 0
    for (let r = b * size; r < end; r++) weight += shareOf<T>(call, r)
    store<f64>(<usize>load<u32>(call, CALL_PARTIALS) + <usize>b * PARTIAL_SIZE, weight, PARTIAL_WEIGHT)
  }
}

export function shares_f32 (call: usize): void { addShares<f32>(call) }
export function shares_f64 (call: usize): void { addShares<f64>(call) }
