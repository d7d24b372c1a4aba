// What a loss of elements says of itself: formulas in two float64 lanes, whatever T is. A loss says everything below,
// or has it from the class it extends. Where a loss overrode what another has from the same class, that call would
// become virtual, and read a class id that options memory does not have.
//
// A loss that also has `first`, and perhaps `second`, takes these functions of its inputs beforehand: see prepared.d.ts.

/** It reads its target. */
export const TARGET: u32 = 1
/** It reads the fourth slot. */
export const EXTRA: u32 = 2
/** It refuses some inputs and targets. */
export const CHECKED: u32 = 4
/** Its `quick` differs from its value. */
export const QUICK: u32 = 16
/** It is a function of input − target, which takes the place of input in its formulas. */
export const DISTANCE: u32 = 8

@unmanaged export class Elementwise {
  /** The constants above that hold, added up. */
  @inline kind (): u32 { return TARGET | EXTRA | CHECKED | QUICK }
  /** ℓ before the weight. `extra` is 1 where the fourth slot was left out. */
  @inline value (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  /** The same, or what is not finite where that takes more effort: the block is then done again with `value`. */
  @inline quick (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  /** ∂ℓ/∂input before the weight. */
  @inline gradient (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  /** ∂ℓ/∂target before the weight. */
  @inline gradientTarget (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  /** Lanes of slot `slot` that the loss refuses. */
  @inline refuses (_slot: u32, _value: v128): v128 { return f64x2.splat(0) }
}

/** Takes any input and target: to be extended with value, gradient and gradientTarget. */
@unmanaged export class Pointwise extends Elementwise {
  @inline kind (): u32 { return TARGET }
  @inline quick (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  @inline refuses (_slot: u32, _value: v128): v128 { return f64x2.splat(0) }
}

/** Has a quick value: to be extended with that too. */
@unmanaged export class QuickPointwise extends Elementwise {
  @inline kind (): u32 { return TARGET | QUICK }
  @inline refuses (_slot: u32, _value: v128): v128 { return f64x2.splat(0) }
}

/** A function of input − target: to be extended with value and gradient of that. */
@unmanaged export class Distance extends Elementwise {
  @inline kind (): u32 { return TARGET | DISTANCE }
  @inline quick (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  @inline gradientTarget (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  @inline refuses (_slot: u32, _value: v128): v128 { return f64x2.splat(0) }
}

/** A function of input alone: to be extended with first, valueWith and gradientWith. */
@unmanaged export class Unary extends Elementwise {
  @inline kind (): u32 { return 0 }
  @inline gradientTarget (_input: v128, _target: v128, _extra: v128): v128 { return f64x2.splat(NaN) }
  @inline refuses (_slot: u32, _value: v128): v128 { return f64x2.splat(0) }
}
