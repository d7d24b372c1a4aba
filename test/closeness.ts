// How far an answer may be from what is expected of it.

/** What an answer is allowed. */
export interface Bound {
  /** float64: share of the expected value. */
  readonly relative: number
  /** float32: units in the last place of the correctly rounded value. */
  readonly ulps: number
}

// The oracle's own rounding: where it adds or subtracts numbers as large as `magnitude`, this share of that number may
// be wrong in the vectors themselves. It outweighs the relative bounds only where terms cancel to a thousandth or less:
// torch's σ(30)(1 − σ(30)) has four good digits, and its log_softmax gives 0 for −4e-18. Magnitudes above 1000 are
// edges that an entry wrote out; they excuse nothing in the elements beside them.
const ROUNDING = 4 * 2 ** -53
const ORDINARY = 1000

/** What an oracle that met `magnitude` may be wrong by. */
export function slackOf (magnitude: number): number { return Math.min(magnitude, ORDINARY) * ROUNDING }

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The place of a float32 among all of them, in order: neighbours differ by 1. */
function rank (value: number): number {
  float[0] = value
  return bits[0]! < 0 ? -(bits[0]! & 0x7fffffff) : bits[0]!
}

/** Steps between two float32 numbers. */
export function ulpsBetween (a: number, b: number): number { return Math.abs(rank(a) - rank(b)) }

/** The number of `dtype` next to `value`: an answer is printed in the fewest digits that tell which one it is. */
export function nearest (value: number, dtype: string): number {
  return dtype === 'float32' ? Math.fround(value) : value
}

/** Whether two numbers are the same, NaN included; zeros are, whatever their sign. */
export function isSame (a: number, b: number): boolean { return a === b || Object.is(a, b) }

/** Whether `printed` is as near to `expected` as `bound` asks; NaN and infinities must be met exactly. */
export function isClose (printed: number, expected: number, dtype: string, bound: Bound, slack = 0): boolean {
  const answer = nearest(printed, dtype)
  const rounded = nearest(expected, dtype)
  if (isSame(answer, rounded)) return true
  if (!Number.isFinite(answer) || !Number.isFinite(rounded)) return false
  const error = Math.abs(answer - expected)
  if (error <= slack) return true
  return dtype === 'float32' ? ulpsBetween(answer, rounded) <= bound.ulps : error <= bound.relative * Math.abs(expected)
}

/** Whether two numbers agree to `relative`, or to `absolute` near zero. */
export function agree (a: number, b: number, relative: number, absolute: number): boolean {
  return isSame(a, b) || Math.abs(a - b) <= Math.max(relative * Math.abs(b), absolute)
}
