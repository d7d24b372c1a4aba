import { scalarExp, scalarExpm1, scalarLog, scalarPow } from '../functions'
import { classOf } from '../rows/classes'
import { elementOf, setElement } from '../rows/row'
import { lossOf, pullBackOne, readScores, scoresOf } from '../rows/softmax'
import { fill, Row, Rowwise, spareRow, wideRowwise } from '../rowwise'

/** e_c of the scores. */
const EXPONENTIALS: u32 = 0

/** (1 − p_y^q)/q = −expm1(q·ln p_y)/q; Keras `categorical_generalized_cross_entropy`. */
@final @unmanaged class GeneralizedCrossEntropy extends Rowwise {
  q: f64
  fromLogits: f64

  value (row: Row): f64 {
    const y = classOf(row, NaN)
    if (row.fault != 0) return 0
    row.a = this.fromLogits != 0 ? logSoftmax(row, y) : scalarLog(elementOf(row.p0, y))
    return -scalarExpm1(this.q * row.a) / this.q
  }

  gradient (row: Row): void {
    const y = <u32>elementOf(row.p1, 0)
    if (this.fromLogits != 0) {
      return pullBackOne(scoresOf(row, 0), spareRow(row, EXPONENTIALS), y, scalarExp(this.q * row.a), row.n0, row.g0)
    }
    fill(row.g0, row.n0, 0)
    setElement(row.g0, y, -scalarPow(elementOf(row.p0, y), this.q - 1))
  }
}

/** ln softmax_y. */
function logSoftmax (row: Row, y: u32): f64 {
  const scores = scoresOf(row, 0)
  readScores<f64, f64>(scores, row.p0, row.n0, spareRow(row, EXPONENTIALS))
  return -f64x2.extract_lane(lossOf(scores, f64x2.splat(elementOf(row.p0, y))), 0)
}

export function generalized_cross_entropy_f32 (call: usize): void { wideRowwise<GeneralizedCrossEntropy, f32>(call) }
export function generalized_cross_entropy_f64 (call: usize): void { wideRowwise<GeneralizedCrossEntropy, f64>(call) }
