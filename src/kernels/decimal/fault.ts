// How reading stops: a function that reads answers where it ended, or 0 after it noted here what is wrong and where.
// Globals belong to the instance, so that each thread has its own.
import { TEXT_ADDRESS, TEXT_ENDED, TEXT_MALFORMED, TEXT_POSITION, TEXT_STATUS } from '../layout'

let status: u32 = 0
let position: usize = 0

/** Refuses the text because of `reason`, at the byte `at`. */
export function refuse (reason: u32, at: usize): usize {
  status = reason
  position = at
  return 0
}

/** The byte `at` cannot stand there, or the text has no such byte any more. */
export function unexpected (at: usize, end: usize): usize {
  return refuse(at < end ? TEXT_MALFORMED : TEXT_ENDED, at)
}

/** Tells the caller what was noted. */
export function report (record: usize): void {
  store<u32>(record, status, TEXT_STATUS)
  store<u32>(record, <u32>position - load<u32>(record, TEXT_ADDRESS), TEXT_POSITION)
}
