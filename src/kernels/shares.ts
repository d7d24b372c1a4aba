// What entries count for, when a request brings sample_weight or mask: a loss of independent entries multiplies each by
// its share, and leaves out what is masked without reading it. A loss that compares its samples knows only those that a
// mask keeps, which it numbers one after the other: `sourceOf` says where their elements are.
import { CALL_KEPT, CALL_SHARES, INDEX, MASK, SAMPLE_WEIGHT } from './layout'
import { addressOf, dtypeOf, elementAt, mapOf, offsetOf, operandAt, upstreamAt } from './operand'

/** Bits of CALL_SHARES. */
const SHARED: u32 = 1
const OWN_WEIGHTS: u32 = 2

/** Whether there are shares. */
// @ts-ignore: decorator
@inline export function isShared (call: usize): bool { return (load<u32>(call, CALL_SHARES) & SHARED) != 0 }

/** Whether a mean divides by the loss's own weights times the shares, not by the shares alone. */
// @ts-ignore: decorator
@inline export function ownWeightsCount (call: usize): bool { return (load<u32>(call, CALL_SHARES) & OWN_WEIGHTS) != 0 }

/** What an entry adds to the divisor of a mean before its share: the loss's own weight of it, or 1 where shares alone count. */
// @ts-ignore: decorator
@inline export function countOf (call: usize, own: f64): f64 { return isShared(call) && !ownWeightsCount(call) ? 1 : own }

/** Which of all entries that came entry `r` is: r itself, unless there is a list of those that are kept. */
// @ts-ignore: decorator
@inline export function sourceOf (call: usize, r: u32): u32 {
  const kept = <usize>load<u32>(call, CALL_KEPT)
  return kept == 0 ? r : load<u32>(kept + (<usize>r << 2))
}

/** Whether entry `r` is left out. */
// @ts-ignore: decorator
@inline export function isMasked (call: usize, r: u32): bool { return has(call, MASK) && !keeps(call, sourceOf(call, r)) }

/** Whether the mask, which has come, keeps entry `r` of all. */
export function keeps (call: usize, r: u32): bool { return heldFor(call, MASK, r) != 0 }

/** Sample weight of entry `r`, as T holds it; 1 where there is none. */
// @ts-ignore: decorator
@inline export function sampleWeight<T extends number> (call: usize, r: u32): f64 {
  return has(call, SAMPLE_WEIGHT) ? <f64><T>heldFor(call, SAMPLE_WEIGHT, sourceOf(call, r)) : 1
}

/** grad_output of entry `r`, times its sample weight. */
export function pulledBy<T extends number> (call: usize, r: u32): f64 {
  return sampleWeight<T>(call, r) * upstreamAt<T>(call, sourceOf(call, r))
}

/** The same, 0 where the entry is masked. */
export function shareOf<T extends number> (call: usize, r: u32): f64 {
  return isMasked(call, r) ? 0 : sampleWeight<T>(call, r)
}

// @ts-ignore: decorator
@inline function has (call: usize, k: u32): bool { return addressOf(operandAt(call, k)) != 0 }

/** What operand `k` holds for entry `r` of all. */
function heldFor (call: usize, k: u32, r: u32): f64 {
  const operand = operandAt(call, k)
  const map = mapOf(operand)
  return elementAt(addressOf(operand), dtypeOf(operand) & (INDEX - 1), map == 0 ? <usize>r : offsetOf(map, r))
}
