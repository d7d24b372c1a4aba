// One chunk of a region: its entries of input and target as rows of float64, wherever they lie.
import {
  CALL_SCRATCH, CALL_WORK, F64, MAP_AXES, MAP_RANK, MAP_STRETCHED
} from '../layout'
import { addressOf, dtypeOf, extentOf, gather, gradientOf, mapOf, offsetOf, operandAt, scatter } from '../operand'
import { setElement } from '../rows/row'
import { ACTIVATED, CHUNK, CHUNK_HEAD, CHUNKS, RECORD_SIZE, SIZE, START } from './layout'

/** A chunk as a loss sees it. Rows have a 0 behind an odd end, so that two elements go through each formula. */
@unmanaged export class Chunk {
  /** Entries of input and target, what the loss makes of them, and slopes. */
  x: usize; y: usize; z: usize; out: usize
  count: u32
  region: u32
  /** The entry that it starts with. */
  first: u32
  /** Its own record, and that of its region. */
  record: usize
  settled: usize
}

/** Record of chunk `c` of all. */
// @ts-ignore: decorator
@inline export function recordAt (call: usize, c: u32): usize {
  return <usize>load<u32>(call, CALL_WORK) + <usize>c * RECORD_SIZE
}

/** Chunk `c` of all, with empty rows. */
export function open (call: usize, c: u32): Chunk {
  const scratch = <usize>load<u32>(call, CALL_SCRATCH)
  const chunk = changetype<Chunk>(scratch)
  const chunks = extentOf(call, CHUNKS)
  const from = (c % chunks) * CHUNK
  const row = (<usize>min<u32>(extentOf(call, SIZE), CHUNK) + 2) << 3
  chunk.x = (scratch + CHUNK_HEAD + 15) & ~15
  chunk.y = chunk.x + row
  chunk.z = chunk.y + row
  chunk.out = chunk.z + row
  chunk.region = c / chunks
  chunk.first = chunk.region * extentOf(call, SIZE) + from
  chunk.count = min<u32>(extentOf(call, SIZE) - from, CHUNK)
  chunk.record = recordAt(call, c)
  chunk.settled = recordAt(call, chunk.region * chunks)
  return chunk
}

/** Reads input and target. */
export function read<T extends number> (call: usize, chunk: Chunk): void {
  const input = operandAt(call, 0)
  const activated = activatedAt(call)
  if (activated == 0) readRow<T>(call, addressOf(input), dtypeOf(input), mapOf(input), chunk, chunk.x)
  else readRow<f64>(call, activated, F64, mapOf(input), chunk, chunk.x)
  const target = operandAt(call, 1)
  readRow<T>(call, addressOf(target), dtypeOf(target), mapOf(target), chunk, chunk.y)
}

/** Where the activated input lies, 0 if it does not. */
export function activatedAt (call: usize): usize {
  const offset = extentOf(call, ACTIVATED)
  return offset == 0 ? 0 : <usize>load<u32>(call, CALL_WORK) + <usize>offset
}

function readRow<T extends number> (call: usize, address: usize, dtype: u32, map: usize, chunk: Chunk, to: usize): void {
  const stride = <usize>load<u32>(lastAxis(map), 4)
  for (let done: u32 = 0; done < chunk.count;) {
    const run = runAt(map, chunk, done)
    const offset = offsetOf(map, chunk.first + done) + extentOf(call, START)
    const place = to + (<usize>done << 3)
    if (sizeof<T>() == 8 && dtype == F64 && stride == 1) memory.copy(place, address + (offset << 3), <usize>run << 3)
    else gather<T>(address, dtype, offset, stride, run, place)
    done += run
  }
  setElement(to, chunk.count, 0)
}

/** Writes slopes times `factor` to where the gradient of slot `k` belongs: its place, its staging, or the work area. */
export function write<T extends number> (call: usize, chunk: Chunk, k: u32, factor: f64): void {
  const map = mapOf(operandAt(call, k))
  const gradient = gradientOf(operandAt(call, k))
  if (k == 0 && activatedAt(call) != 0) return writeRow<f64>(call, chunk, map, factor, activatedAt(call))
  if (load<u32>(map, MAP_STRETCHED) == 0) return writeRow<T>(call, chunk, map, factor, gradient)
  scatter<f64>(chunk.out, chunk.count, factor, gradient + (<usize>chunk.first << 3), 1)
}

function writeRow<T extends number> (call: usize, chunk: Chunk, map: usize, factor: f64, to: usize): void {
  const stride = <usize>load<u32>(lastAxis(map), 4)
  for (let done: u32 = 0; done < chunk.count;) {
    const run = runAt(map, chunk, done)
    const offset = offsetOf(map, chunk.first + done) + extentOf(call, START)
    scatter<T>(chunk.out + (<usize>done << 3), run, factor, to + offset * sizeof<T>(), stride)
    done += run
  }
}

// @ts-ignore: decorator
@inline function lastAxis (map: usize): usize { return map + MAP_AXES + ((load<u32>(map, MAP_RANK) - 1) << 3) }

/** How many entries from entry `done` of the chunk on lie along the last axis. */
// @ts-ignore: decorator
@inline function runAt (map: usize, chunk: Chunk, done: u32): u32 {
  const length = load<u32>(lastAxis(map))
  return min<u32>(chunk.count - done, length - (chunk.first + done) % length)
}
