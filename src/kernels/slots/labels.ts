// What losses of a score x and a label y of ±1 share. The family's last extent says whether labels are 0 and 1 instead.
import { CALL_EXTENTS, CALL_OPTIONS } from '../layout'
import { Block, slot } from './block'

/** Puts into the loss's first field whether labels are 0 and 1. */
export function setEncoding (call: usize): void { store<f64>(call, <f64>load<u32>(call, CALL_EXTENTS + 4), CALL_OPTIONS) }

/** Labels as ±1: 2y − 1 where they are 0 and 1. */
// @ts-ignore: decorator
@inline function signs (block: Block, at: usize, binary: f64): v128 {
  return f64x2.sub(f64x2.mul(slot(block, 1, at), f64x2.splat(1 + binary)), f64x2.splat(binary))
}

/** 1 − yx: what a score lacks to lie beyond the margin. */
// @ts-ignore: decorator
@inline export function lack (block: Block, at: usize, binary: f64): v128 {
  return f64x2.sub(f64x2.splat(1), f64x2.mul(signs(block, at, binary), slot(block, 0, at)))
}

/** Its slope by slot `k`: that of the label is taken in the caller's own labels. */
// @ts-ignore: decorator
@inline export function lackSlope (block: Block, at: usize, k: u32, binary: f64): v128 {
  return f64x2.neg(k == 0 ? signs(block, at, binary) : f64x2.mul(slot(block, 0, at), f64x2.splat(1 + binary)))
}
