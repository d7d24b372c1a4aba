import { gradientOf, operandAt } from '../operand'
import { scoring } from '../rows/scores'
import { projectThrough, readScores, scoresOf, toSoftmax } from '../rows/softmax'
import { SoftmaxScores } from '../rows/softmaxes'
import { Row, Rowwise, rowwise, spareRow } from '../rowwise'

/** e^z_c / Σ e^z; PyTorch `F.softmax`. */
@final @unmanaged class Softmax<T extends number> extends Rowwise {
  @inline value (row: Row): f64 {
    const scores = scoresOf(row, 0)
    readScores<T, T>(scores, row.p0, row.n0, spareRow(row, 0))
    toSoftmax(scores, spareRow(row, 0), row.n0, row.out)
    return 0
  }

  @inline gradient (row: Row): void {
    if (row.n0 > 0) projectThrough(row.out, row.up, scoresOf(row, 0).at, row.n0, spareRow(row, 0), row.g0)
  }
}

/** Float32 goes four scores at a time, unless something goes back through it. */
export function softmax_f32 (call: usize): void {
  if (gradientOf(operandAt(call, 0)) == 0) scoring<SoftmaxScores>(call)
  else rowwise<Softmax<f32>, f32>(call)
}
export function softmax_f64 (call: usize): void { rowwise<Softmax<f64>, f64>(call) }
