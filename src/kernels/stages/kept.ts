// Lists the samples that a mask keeps, for losses that leave the others out of the batch altogether. A sample that has several
// entries, a whole batch apart, is listed with each of them.
import { CALL_KEPT } from '../layout'
import { extentOf } from '../operand'
import { keeps } from '../shares'

/** Extents: samples, how many of them are kept, and entries of each. */
const SAMPLES: u32 = 0
const KEPT: u32 = 1
const ENTRIES: u32 = 2

function list (call: usize): void {
  const samples = extentOf(call, SAMPLES)
  const kept = extentOf(call, KEPT)
  const to = <usize>load<u32>(call, CALL_KEPT)
  let count: u32 = 0
  for (let sample: u32 = 0; sample < samples; sample++) {
    if (!keeps(call, sample)) continue
    for (let e: u32 = 0; e < extentOf(call, ENTRIES); e++) store<u32>(to + (<usize>(e * kept + count) << 2), e * samples + sample)
    count++
  }
}

export function kept_f32 (call: usize): void { list(call) }
export function kept_f64 (call: usize): void { list(call) }
