// What a loss of rows reads of its Call besides the options, which are its fields.
import { CALL_EXTENTS, CALL_LIST, CALL_LIST_COUNT, CALL_OPTIONS } from '../layout'

/** Size `k` that the family gives; that of 0 says whether the answer is a vector. */
// @ts-ignore: decorator
@inline export function extentOf (loss: usize, k: usize): u32 {
  return load<u32>(loss - CALL_OPTIONS + CALL_EXTENTS + (k << 2))
}

/** The option that is a list, as a row of float64; 0 when there is none. */
// @ts-ignore: decorator
@inline export function listOf (loss: usize): usize {
  const call = loss - CALL_OPTIONS
  return load<u32>(call, CALL_LIST_COUNT) == 0 ? 0 : <usize>load<u32>(call, CALL_LIST)
}
