// Holds nested lists to one rectangular shape while they are read. The first number, or the first empty list, settles
// the rank; the first list that closes on a level settles the length there.
import {
  MAX_RANK, TEXT_COUNT, TEXT_DEEPEST, TEXT_DEPTH, TEXT_EXPECTED, TEXT_PATH, TEXT_RAGGED, TEXT_RANK, TEXT_SHAPE, TEXT_TOO_DEEP
} from '../layout'
import { refuse } from './fault'

const UNSETTLED: u32 = 0xFFFFFFFF

export let depth: u32 = 0 // lists open
export let index: u32 = 0 // elements of the innermost list so far
let rank: u32 = UNSETTLED
let deepest: u32 = MAX_RANK
let settled: u32 = UNSETTLED // lengths are known from this level inwards
let shape: usize = 0
let path: usize = 0 // the index within each open list but the innermost
let expected: u32 = 0 // where lists are ragged, the length expected and that met
let met: u32 = 0

/** Starts a value. */
export function begin (record: usize): void {
  depth = 0
  index = 0
  rank = UNSETTLED
  deepest = min<u32>(load<u32>(record, TEXT_DEEPEST), MAX_RANK)
  settled = UNSETTLED
  shape = load<u32>(record, TEXT_SHAPE)
  path = load<u32>(record, TEXT_PATH)
  expected = 0
  met = 0
}

// @ts-ignore: decorator
@inline function slot (list: usize, level: u32): usize { return list + (<usize>level << 2) }

/** Opens the list at `at`. */
export function open (at: usize): bool {
  if (depth == rank) return mismatch(0, at)
  if (depth == deepest) return refuse(TEXT_TOO_DEEP, at) != 0
  if (depth) store<u32>(slot(path, depth - 1), index)
  depth++
  index = 0
  return true
}

/** The innermost list is empty: it settles the rank as a number in it would. */
export function empty (): void {
  if (rank == UNSETTLED) rank = depth
}

/** Closes the innermost list by the bracket at `at`. */
export function close (at: usize): bool {
  const level = depth - 1
  const length = index
  const known = slot(shape, level)
  if (level < settled) {
    settled = level
    store<u32>(known, length)
  }
  depth = level
  index = level ? load<u32>(slot(path, level - 1)) : 0
  if (load<u32>(known) != length) {
    met = length
    return mismatch(load<u32>(known), at)
  }
  index++
  return true
}

/** Whether the number at `at` may be an element of the innermost list. */
// @ts-ignore: decorator
@inline export function isElement (at: usize): bool { return depth == rank || settle(at) }

/** Counts elements of the innermost list. */
// @ts-ignore: decorator
@inline export function addElements (count: u32): void { index += count }

function settle (at: usize): bool {
  if (rank != UNSETTLED) return mismatch(load<u32>(slot(shape, depth)), at)
  rank = depth
  return true
}

function mismatch (length: u32, at: usize): bool {
  expected = length
  return refuse(TEXT_RAGGED, at) != 0
}

/** Tells the caller the rank; 0 while nothing settled it. */
export function finish (record: usize): void {
  store<u32>(record, rank == UNSETTLED ? 0 : rank, TEXT_RANK)
}

/** Tells the caller where in the lists reading stopped. */
export function abandon (record: usize): void {
  if (depth) store<u32>(slot(path, depth - 1), index)
  store<u32>(record, depth, TEXT_DEPTH)
  store<u32>(record, expected, TEXT_EXPECTED)
  store<u32>(record, met, TEXT_COUNT)
}
