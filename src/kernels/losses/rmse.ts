import { log1p } from '../functions'
import { extentOf } from '../operand'
import { SIZE } from '../regions/layout'
import { Chunk, markFault, Regional, settle, spread, totals } from '../regionwise'
import { elementOf, scratchAt, setElement, storeAt, total } from '../rows/row'

/** √(Σ d²/n) over a region, d = x − y or ln(1 + x) − ln(1 + y). */
@final @unmanaged class Rmse extends Regional {
  log1p: f64

  ready (chunk: Chunk): void {
    for (let i: u32 = 0; i < chunk.count; i += 2) {
      const x = scratchAt(chunk.x, i)
      const y = scratchAt(chunk.y, i)
      storeAt(chunk.z, i, this.log1p != 0 ? logDifference(x, y) : f64x2.sub(x, y))
    }
  }

  add (chunk: Chunk): void {
    if (this.log1p != 0) check(chunk)
    for (let i: u32 = 0; i < chunk.count; i += 2) storeAt(chunk.out, i, f64x2.mul(scratchAt(chunk.z, i), scratchAt(chunk.z, i)))
    setElement(chunk.record, 0, total(chunk.out, chunk.count))
  }

  settle (call: usize, record: usize, _r: u32): f64 {
    const size = <f64>extentOf(call, SIZE)
    const root = Math.sqrt(elementOf(record, 0) / size)
    setElement(record, 0, root * size)
    return root
  }

  slopes (chunk: Chunk, k: u32): void {
    const unit = f64x2.splat(k == 0 ? elementOf(chunk.settled, 0) : -elementOf(chunk.settled, 0))
    const one = f64x2.splat(1)
    const row = k == 0 ? chunk.x : chunk.y
    for (let i: u32 = 0; i < chunk.count; i += 2) {
      const slope = f64x2.div(scratchAt(chunk.z, i), unit)
      storeAt(chunk.out, i, this.log1p != 0 ? f64x2.div(slope, f64x2.add(one, scratchAt(row, i))) : slope)
    }
  }
}

/** ln(1 + x) − ln(1 + y): as one logarithm where they are near each other. */
// @ts-ignore: decorator
@inline function logDifference (x: v128, y: v128): v128 {
  const ratio = f64x2.div(f64x2.sub(x, y), f64x2.add(f64x2.splat(1), y))
  const far = f64x2.sub(log1p(x), log1p(y))
  return v128.bitselect(log1p(ratio), far, f64x2.lt(f64x2.abs(ratio), f64x2.splat(0.5)))
}

/** Marks the first number that has no logarithm of itself and 1. */
function check (chunk: Chunk): void {
  for (let i: u32 = 0; i < chunk.count; i++) {
    const wrong = elementOf(chunk.x, i) <= -1 ? 0 : elementOf(chunk.y, i) <= -1 ? 1 : -1
    if (wrong >= 0) return markFault(chunk.record, wrong, chunk.first, i)
  }
}

export function rmse_totals_f32 (call: usize): void { totals<Rmse, f32>(call) }
export function rmse_totals_f64 (call: usize): void { totals<Rmse, f64>(call) }
export function rmse_f32 (call: usize): void { settle<Rmse, f32>(call) }
export function rmse_f64 (call: usize): void { settle<Rmse, f64>(call) }
export function rmse_spread_f32 (call: usize): void { spread<Rmse, f32>(call) }
export function rmse_spread_f64 (call: usize): void { spread<Rmse, f64>(call) }
