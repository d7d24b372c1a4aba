// What a loss may have beyond Elementwise, for the type checker alone: AssemblyScript has no optional methods, and looks
// with `isDefined` whether a class has them. Were they declared in Elementwise, every loss would have to override them.
export {}

declare module './loss' {
  interface Elementwise {
    /** Functions of input that are taken beforehand (prepare.ts), in lanes of T: two of float64 or four of float32. */
    first (input: v128): v128
    second (input: v128, first: v128): v128
    /** ℓ and ∂ℓ/∂input given those functions, in the place of value, quick (unless `exact`) and gradient. */
    valueWith (input: v128, target: v128, extra: v128, first: v128, second: v128, exact: bool): v128
    gradientWith (input: v128, target: v128, extra: v128, first: v128, second: v128): v128
  }
}
