// The target of a row of class scores: which class it names, or how much of every class it is.
import { I32, I64, INDEX } from '../layout'
import { addressOf, dtypeOf, elementAt, mapOf, offsetOf, operandAt } from '../operand'
import { refuse, Row } from '../rowwise'
import { recordFault } from './fault'
import { elementOf, numberAt, pairOf } from './row'

const FAULT: u32 = 1
const TARGET: u32 = 1
const WEIGHT: u32 = 2

/** What `classAt` gives for a target that is to be ignored, and for one that there is no class for. */
export const IGNORED: i32 = -1
export const OUTSIDE: i32 = -2

/** Target `r`; int64 and int32 without a call. */
// @ts-ignore: decorator
@inline function targetAt (operand: usize, r: u32): f64 {
  const dtype = dtypeOf(operand) & (INDEX - 1)
  const address = addressOf(operand)
  const at = offsetOf(mapOf(operand), r)
  if (dtype == I64) return <f64>load<i64>(address + (at << 3))
  if (dtype == I32) return <f64>load<i32>(address + (at << 2))
  return elementAt(address, dtype, at)
}

/** The class that the target of row `r` names, or one of the above. */
// @ts-ignore: decorator
@inline export function classAt (call: usize, r: u32, classes: u32, ignored: f64): i32 {
  const target = targetAt(operandAt(call, TARGET), r)
  if (target == ignored) return IGNORED
  return target >= 0 && target < <f64>classes ? <i32>target : OUTSIDE
}

/** Weight of class `c`, 1 where weights were left out. */
// @ts-ignore: decorator
@inline export function weightAt<T extends number> (call: usize, c: u32): f64 {
  const operand = operandAt(call, WEIGHT)
  return addressOf(operand) == 0 ? 1 : <f64><T>elementAt(addressOf(operand), dtypeOf(operand), c)
}

/** Records that there is no class for the target of row `r`. */
export function refuseClass (call: usize, r: u32, partial: usize): void {
  recordFault(call, FAULT, TARGET, r, 0, 0, partial)
}

/** The class that the row's target names; −1 when it is to be ignored, or refused because there is no such class. */
export function classOf (row: Row, ignored: f64): i32 {
  const target = elementOf(row.p1, 0)
  if (target == ignored) return -1
  if (target >= 0 && target < <f64>row.n0) return <i32>target
  refuse(row, FAULT, TARGET, 0, target)
  return -1
}

/** Weight of class `c` in slot 2, 1 where that was left out. */
// @ts-ignore: decorator
@inline export function classWeight<T extends number> (row: Row, c: u32): f64 {
  return row.p2 == 0 ? 1 : numberAt<T>(row.p2, c)
}

/** (1 − ε)·y_c + ε/C of two classes, where slot 1 holds the probabilities y: ε of them is spread evenly. */
// @ts-ignore: decorator
@inline export function smoothed<T extends number> (row: Row, i: u32, smoothing: f64): v128 {
  const share = f64x2.splat(smoothing / <f64>row.n0)
  return f64x2.add(f64x2.mul(f64x2.splat(1 - smoothing), pairOf<T>(row.p1, i, row.n0)), share)
}
