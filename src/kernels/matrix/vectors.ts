// Lays rows and columns out as float64, padded with zeros to whole lines: as they are, divided by their norm (PyTorch's
// F.normalize), less their mean, or standardised. And takes gradients back through that.
import { CALL_BLOCK, CALL_COUNT, CALL_FROM, CALL_OPTIONS, CALL_TO, INDEX, MAP_STRIDE } from '../layout'
import { addressOf, dtypeOf, gather, integerAt, mapOf, offsetOf, operandAt } from '../operand'
import { total } from '../rows/row'
import { sourceOf } from '../shares'
import { CENTER, NO_SLOT, PAIRED, SAMPLES, SHARED, STANDARDIZE } from './layout'
import { isNormalized, isRow, Matrix, matrixOf, normAt, vectorAt } from './matrix'

/** Least norm that a vector is divided by. */
const EPSILON: f64 = 1e-12

/** Fills the part's vectors, and their labels. */
export function vectors<T extends number> (call: usize): void {
  const m = matrixOf<T>(call)
  const block = load<u32>(call, CALL_BLOCK)
  const end = min<u32>(load<u32>(call, CALL_COUNT), load<u32>(call, CALL_TO) * block)
  for (let z = load<u32>(call, CALL_FROM) * block; z < end; z++) {
    fetch<T>(m, z, vectorAt(m, z))
    shape(m, z)
    label(m, z)
  }
}

/** The operand that vector `z` comes from. */
export function operandOf (m: Matrix, z: u32): usize {
  return operandAt(m.call, isRow(m, z) || isFirst(m, z) ? m.slots & 15 : (m.slots >> 4) & 15)
}

/** Whether vector `z` is of the first of two operands that share the columns. */
// @ts-ignore: decorator
@inline function isFirst (m: Matrix, z: u32): bool { return (m.flags & PAIRED) != 0 && z < m.columns >> 1 }

/** Where vector `z` starts in its operand, in elements. */
export function startOf (m: Matrix, z: u32): usize { return offsetOf(mapOf(operandOf(m, z)), memberOf(m, z)) }

/** Which of its operand's vectors `z` is. */
function memberOf (m: Matrix, z: u32): u32 {
  if ((m.flags & PAIRED) != 0) return isFirst(m, z) ? z : z - (m.columns >> 1)
  if ((m.flags & SHARED) != 0 || isRow(m, z)) return sourceOf(m.call, z)
  return (m.flags & SAMPLES) != 0 ? sourceOf(m.call, z - m.rows) : z - m.rows
}

/** The elements of vector `z`, as they came. */
export function fetch<T extends number> (m: Matrix, z: u32, to: usize): void {
  const operand = operandOf(m, z)
  memory.fill(to, 0, m.pitch)
  gather<T>(addressOf(operand), dtypeOf(operand), startOf(m, z), load<u32>(mapOf(operand), MAP_STRIDE), m.length, to)
}

/** Bytes of a vector with its padding, in whole lines. */
// @ts-ignore: decorator
@inline export function spanOf (m: Matrix): usize { return ((<usize>m.length + 7) >> 3) << 6 }

/** Divides vector `z` by its norm, or standardises it; keeps what it was divided by. */
function shape (m: Matrix, z: u32): void {
  const v = vectorAt(m, z)
  if ((m.flags & (CENTER | STANDARDIZE)) != 0) shift(v, m.length, -total(v, m.length) / <f64>m.length)
  const square = dot(v, v, spanOf(m))
  const deviates = (m.flags & STANDARDIZE) != 0
  const norm = sqrt(deviates ? square / <f64>m.length + load<f64>(m.call, CALL_OPTIONS) : square)
  store<f64>(normAt(m, z), norm)
  if (deviates || isNormalized(m, z)) divide(m, v, deviates ? norm : max<f64>(norm, EPSILON))
}

/** Adds `by` to the `count` elements at `v`. */
function shift (v: usize, count: u32, by: f64): void {
  const end = v + (<usize>count << 3)
  for (let at = v; at < end; at += 8) store<f64>(at, load<f64>(at) + by)
}

/** v ÷ divisor; the padding stays 0 whatever the divisor is. */
function divide (m: Matrix, v: usize, divisor: f64): void {
  const d = f64x2.splat(divisor)
  for (let at: usize = 0; at < spanOf(m); at += 16) v128.store(v + at, f64x2.div(v128.load(v + at), d))
  const bytes = <usize>m.length << 3
  memory.fill(v + bytes, 0, spanOf(m) - bytes)
}

/** Copies the label of vector `z`. */
function label (m: Matrix, z: u32): void {
  const shared = (m.flags & SHARED) != 0
  if (shared ? z < m.rows : isRow(m, z)) copyLabel(m, z, (m.slots >> 8) & 15, z, m.rowLabels)
  if (!isRow(m, z)) copyLabel(m, z, (m.slots >> 12) & 15, shared ? z : z - m.rows, m.columnLabels)
}

/** Copies what `slot` holds for vector `z` to place `i` of the list at `to`. */
function copyLabel (m: Matrix, z: u32, slot: u32, i: u32, to: usize): void {
  if (slot == NO_SLOT) return
  const operand = operandAt(m.call, slot)
  const value = integerAt(addressOf(operand), dtypeOf(operand) & (INDEX - 1), offsetOf(mapOf(operand), memberOf(m, z)))
  store<i64>(to + (<usize>i << 3), value)
}

/** x·y, both padded to whole lines. */
function dot (x: usize, y: usize, span: usize): f64 {
  let a = f64x2.splat(0)
  let b = a
  let c = a
  let d = a
  for (const end = x + span; x < end; x += 64, y += 64) {
    a = f64x2.add(a, f64x2.mul(v128.load(x), v128.load(y)))
    b = f64x2.add(b, f64x2.mul(v128.load(x, 16), v128.load(y, 16)))
    c = f64x2.add(c, f64x2.mul(v128.load(x, 32), v128.load(y, 32)))
    d = f64x2.add(d, f64x2.mul(v128.load(x, 48), v128.load(y, 48)))
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d))
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Takes the gradient `g` of vector `z` as it is laid out back to what it was before. */
export function pullBack (m: Matrix, z: u32, g: usize): void {
  const norm = load<f64>(normAt(m, z))
  if ((m.flags & STANDARDIZE) != 0) throughNorm(m, z, g, norm, 1 / <f64>m.length)
  else if (isNormalized(m, z)) throughNorm(m, z, g, max<f64>(norm, EPSILON), norm >= EPSILON ? 1 : 0)
  if ((m.flags & (CENTER | STANDARDIZE)) != 0) shift(g, m.length, -total(g, m.length) / <f64>m.length)
}

/** With u = v/divisor: g becomes (g − along·u·Σgu)/divisor. */
function throughNorm (m: Matrix, z: u32, g: usize, divisor: f64, along: f64): void {
  const u = vectorAt(m, z)
  const factor = f64x2.splat(along == 0 ? 0 : along * dot(g, u, spanOf(m)))
  const d = f64x2.splat(divisor)
  for (let at: usize = 0; at < spanOf(m); at += 16) {
    v128.store(g + at, f64x2.div(f64x2.sub(v128.load(g + at), f64x2.mul(factor, v128.load(u + at))), d))
  }
}
