// exp, log and cos by series of additions, multiplications and divisions: the same on every machine, which those of
// JavaScript are not. They are for drawing numbers; nothing is said of their last digits.

const LN2 = 0.6931471805599453
const HALF_TURN = 3.141592653589793

/** e to the power of x. */
export function exp (x: number): number {
  if (x > 0.5 || x < -0.5) return square(exp(x / 2))
  let [sum, term] = [1, 1]
  for (let k = 1; k < 16; k++) sum += (term *= x / k)
  return sum
}

function square (x: number): number { return x * x }

/** The natural logarithm of a positive number. */
export function log (x: number): number {
  if (x === 0) return -Infinity
  if (x > 1.5) return log(x / 2) + LN2
  if (x < 0.75) return log(x * 2) - LN2
  const ratio = (x - 1) / (x + 1)
  let [sum, power] = [0, ratio]
  for (let k = 1; k < 30; k += 2, power *= square(ratio)) sum += power / k
  return 2 * sum
}

/** The cosine of `turns` turns, between 0 and 1 of them. */
export function cosine (turns: number): number {
  const squared = square((2 * turns - 1) * HALF_TURN)
  let [sum, term] = [1, 1]
  for (let k = 1; k < 20; k++) sum += (term *= -squared / ((2 * k - 1) * (2 * k)))
  return -sum
}
