// e^x for x ≤ 0, good to 2^-36: from the table of ../decay, with fewer terms for what it leaves.
import { addMul, at, mul, pair, sub } from '../arithmetic'
import { scaled, shifted, stepsOf } from '../decay'

const STEP = memory.data<f64>([0.6931471805599453 / 64])
// (e^r − 1 − r)/r² for |r| ≤ 0.00542: minimax (Remez), r² times it is good to 2^-37 of e^r.
const SERIES = memory.data<f64>([0.5000010126442231, 0.16666670085003527])

/** e^x for x ≤ 0; 0 below 2^-1022. NaN stays. */
// @ts-ignore: decorator
@inline export function decay (x: v128): v128 {
  const t = shifted(x)
  const r = sub(x, mul(stepsOf(t), at(STEP)))
  return scaled(x, t, addMul(r, mul(r, r), pair(SERIES, r)))
}
