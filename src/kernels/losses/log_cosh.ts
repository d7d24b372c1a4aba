import { exp, expm1, log1p, log1pUnit, tanh } from '../functions'
import { Block, slot, Slotwise, slotwise } from '../slotwise'

const LN2: f64 = 0.6931471805599453

/**
 * ln cosh d. Below 1 it is ½·ln(1 + sinh²d), which keeps what is small; beyond, |d| + ln(1 + e^-2|d|) − ln 2, which
 * does not overflow.
 */
@final @unmanaged class LogCosh extends Slotwise {
  @inline value (block: Block, at: usize): v128 {
    const error = f64x2.abs(f64x2.sub(slot(block, 0, at), slot(block, 1, at)))
    const tail = log1pUnit(exp(f64x2.mul(error, f64x2.splat(-2))))
    const far = f64x2.add(error, f64x2.sub(tail, f64x2.splat(LN2)))
    return v128.bitselect(nearZero(error), far, f64x2.lt(error, f64x2.splat(1)))
  }

  @inline slope (block: Block, at: usize, k: u32): v128 {
    return tanh(f64x2.sub(slot(block, k, at), slot(block, 1 - k, at)))
  }
}

/** ½·ln(1 + sinh²d), where sinh d = ½·(E + E/(E + 1)) with E = e^d − 1. */
// @ts-ignore: decorator
@inline function nearZero (d: v128): v128 {
  const half = f64x2.splat(0.5)
  const grown = expm1(d)
  const sinh = f64x2.mul(half, f64x2.add(grown, f64x2.div(grown, f64x2.add(grown, f64x2.splat(1)))))
  return f64x2.mul(half, log1p(f64x2.mul(sinh, sinh)))
}

export function log_cosh_f32 (call: usize): void { slotwise<LogCosh, f32>(call) }
export function log_cosh_f64 (call: usize): void { slotwise<LogCosh, f64>(call) }
