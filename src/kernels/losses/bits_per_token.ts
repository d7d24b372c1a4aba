// Cross entropy of the logits of a position with the token behind it, in bits, or in units of another base.
import { CALL_OPTIONS } from '../layout'
import { scoreTokensIn, unitOf } from '../sequences/tokens'

/** The options, of which cross entropy reads the first two. */
@unmanaged class Options {
  ignoreIndex: f64
  labelSmoothing: f64
  /** 0 for e. */
  base: f64
}

// @ts-ignore: decorator
@inline function unit (call: usize): f64 { return unitOf(changetype<Options>(call + CALL_OPTIONS).base) }

export function bits_per_token_f32 (call: usize): void { scoreTokensIn<f32>(call, unit(call)) }
export function bits_per_token_f64 (call: usize): void { scoreTokensIn<f64>(call, unit(call)) }
