// The loss of sparsemax, the projection π of the scores onto the simplex: Σ π_c·(x_c − x_y) + ½·(1 − Σ π_c²), optax
// `multiclass_sparsemax_loss`; and of its counterpart for two classes, optax `sparsemax_loss`.
import { classOf } from '../rows/classes'
import { elementOf, greatest, scratchAt, setElement, storeAt, total } from '../rows/row'
import { project, rise } from '../rows/simplex'
import { fill, Row, Rowwise, spareRow, wideRowwise } from '../rowwise'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

const NO_CLASS: u32 = 2

/** π of the classes other than y; room for the projection to work in, then their squares. */
const OTHERS: u32 = 0
const SQUARES: u32 = 1

/**
 * With π_y = 1 − s, where s sums the others, the loss is ½·(Σ_{c ≠ y} π_c² + s²), and τ − x_y more where x_y is below
 * the threshold: a sum without cancellation.
 */
@final @unmanaged class Sparsemax extends Rowwise {
  value (row: Row): f64 {
    const y = classOf(row, NaN)
    if (row.fault != 0) row.fault = NO_CLASS
    if (y < 0) return 0
    const top = greatest(row.p0, row.n0)
    row.a = elementOf(row.p0, top)
    return abs(row.a) < Infinity ? finiteValue(row, y, top) : NaN
  }

  gradient (row: Row): void {
    if (!(abs(row.a) < Infinity)) return fill(row.g0, row.n0, NaN)
    memory.copy(row.g0, spareRow(row, OTHERS), <usize>row.n0 << 3)
    setElement(row.g0, <u32>elementOf(row.p1, 0), -row.b)
  }
}

function finiteValue (row: Row, y: u32, top: u32): f64 {
  const n = row.n0
  const others = spareRow(row, OTHERS)
  const squares = spareRow(row, SQUARES)
  const below = project(row.p0, n, top, squares, others) - rise(elementOf(row.p0, y), row.a)
  setElement(others, y, 0)
  row.b = total(others, n)
  for (let i: u32 = 0; i < n; i += 2) storeAt(squares, i, f64x2.mul(scratchAt(others, i), scratchAt(others, i)))
  return 0.5 * (total(squares, n) + row.b * row.b) + max<f64>(below, 0)
}

/** With z = −x where the target is 1 and x where it is 0: 0 up to −1, (z + 1)²/4 up to 1, z beyond. */
@final @unmanaged class BinarySparsemax extends Slotwise {
  @inline value (block: Block, at: usize): v128 {
    const z = v128.xor(slot(block, 0, at), signOf(block, at))
    const share = shareOf(z)
    return v128.bitselect(z, f64x2.mul(share, share), f64x2.ge(z, f64x2.splat(1)))
  }

  @inline slope (block: Block, at: usize, _k: u32): v128 {
    const sign = signOf(block, at)
    return v128.xor(shareOf(v128.xor(slot(block, 0, at), sign)), sign)
  }

  @inline refuses (block: Block, at: usize, k: u32): v128 {
    const target = slot(block, 1, at)
    const other = v128.and(f64x2.ne(target, f64x2.splat(0)), f64x2.ne(target, f64x2.splat(1)))
    return k == 1 ? other : f64x2.splat(0)
  }
}

/** The sign bit where the target is 1. */
// @ts-ignore: decorator
@inline function signOf (block: Block, at: usize): v128 {
  return v128.andnot(f64x2.splat(-0.0), f64x2.eq(slot(block, 1, at), f64x2.splat(0)))
}

/** (z + 1)/2 within [0, 1]: the sparse sigmoid. */
// @ts-ignore: decorator
@inline function shareOf (z: v128): v128 {
  const half = f64x2.mul(f64x2.splat(0.5), f64x2.add(z, f64x2.splat(1)))
  return f64x2.pmin(f64x2.pmax(half, f64x2.splat(0)), f64x2.splat(1))
}

export function sparsemax_f32 (call: usize): void { wideRowwise<Sparsemax, f32>(call) }
export function sparsemax_f64 (call: usize): void { wideRowwise<Sparsemax, f64>(call) }
export function sparsemax_binary_f32 (call: usize): void { slotwise<BinarySparsemax, f32>(call) }
export function sparsemax_binary_f64 (call: usize): void { slotwise<BinarySparsemax, f64>(call) }
