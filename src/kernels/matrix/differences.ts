// Two operands that share the columns, half of each: how far apart their vectors are.
import { CALL_OPTIONS } from '../layout'
import { Matrix, upstreamOf } from './matrix'
import { fetch, spanOf } from './vectors'

/** Writes x − y of vector `z` and its partner to `to`; `spare` is room for another vector. */
function subtract<T extends number> (m: Matrix, z: u32, to: usize, spare: usize): void {
  const half = m.columns >> 1
  fetch<T>(m, z, to)
  fetch<T>(m, z < half ? z + half : z - half, spare)
  for (let at: usize = 0; at < spanOf(m); at += 16) v128.store(to + at, f64x2.sub(v128.load(to + at), v128.load(spare + at)))
}

/** Σ(x − y)² of vector `z` and its partner, in two spare vectors at `spare`. */
export function squaredDifference<T extends number> (m: Matrix, z: u32, spare: usize): f64 {
  subtract<T>(m, z, spare, spare + m.pitch)
  let sum: f64 = 0
  for (let at: usize = 0; at < <usize>m.length << 3; at += 8) sum += load<f64>(spare + at) * load<f64>(spare + at)
  return sum
}

/** What the mean squared difference counts, by the first option, for each of its terms. */
export function weightOf (m: Matrix): f64 { return load<f64>(m.call, CALL_OPTIONS) / (<f64>m.length * <f64>(m.columns >> 1)) }

/** Adds the gradient of the mean squared difference to that of vector `z`. */
export function addDifference<T extends number> (m: Matrix, z: u32, sum: usize, spare: usize): void {
  subtract<T>(m, z, spare, spare + m.pitch)
  const factor = f64x2.splat(2 * weightOf(m) * upstreamOf(m, 0))
  for (let at: usize = 0; at < spanOf(m); at += 16) {
    v128.store(sum + at, f64x2.add(v128.load(sum + at), f64x2.mul(factor, v128.load(spare + at))))
  }
}
